// The standard gRPC services: health and reflection.
export * as health from "./gen/grpc/health/v1/health_pb.js";
export * as reflection from "./gen/grpc/reflection/v1/reflection_pb.js";
