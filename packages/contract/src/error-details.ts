// The standard details that failed calls carry.
export * from "./gen/google/rpc/error_details_pb.js";
