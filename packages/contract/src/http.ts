// How the methods are called over plain HTTP and JSON, as options of the methods; read by the gateway.
export { http } from "./gen/google/api/annotations_pb.js";
export { FieldBehavior, field_behavior } from "./gen/google/api/field_behavior_pb.js";
export { type HttpRule, HttpRuleSchema } from "./gen/google/api/http_pb.js";
export { type Status, StatusSchema } from "./gen/google/rpc/status_pb.js";
