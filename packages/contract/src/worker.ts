// What model workers call. Generated from proto/cinedeepmatch/worker/v1.
export * from "./gen/cinedeepmatch/worker/v1/worker_service_pb.js";
