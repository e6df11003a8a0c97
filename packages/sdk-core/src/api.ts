// The public API, version 1. Generated from proto/cinedeepmatch/v1 without what only servers read; see buf.gen.yaml.
export * from "./gen/cinedeepmatch/v1/account_service_pb.js";
export * from "./gen/cinedeepmatch/v1/activity_service_pb.js";
export * from "./gen/cinedeepmatch/v1/catalog_service_pb.js";
export * from "./gen/cinedeepmatch/v1/error_reason_pb.js";
export * from "./gen/cinedeepmatch/v1/event_pb.js";
export * from "./gen/cinedeepmatch/v1/match_job_pb.js";
export * from "./gen/cinedeepmatch/v1/match_service_pb.js";
export * from "./gen/cinedeepmatch/v1/model_service_pb.js";
export * from "./gen/cinedeepmatch/v1/movie_filter_pb.js";
export * from "./gen/cinedeepmatch/v1/movie_pb.js";
export * from "./gen/cinedeepmatch/v1/person_service_pb.js";
