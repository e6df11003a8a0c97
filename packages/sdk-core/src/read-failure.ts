import { Code, ConnectError } from "@connectrpc/connect";
import { errorCode } from "./error-code.js";
import type { FailureFacts } from "./failure-facts.js";
import { BadRequestSchema, ErrorInfoSchema, RequestInfoSchema } from "./gen/google/rpc/error_details_pb.js";
import { isNetworkFailure } from "./network-failure.js";
import { readRetryAfter } from "./retry-after.js";

const DOMAIN = "cinedeepmatch";

/** Reads from anything that was thrown what a CineDeepMatchError tells. */
export function readFailure(reason: unknown): FailureFacts {
  const error = ConnectError.from(reason);
  const info = error.findDetails(ErrorInfoSchema).find((detail) => detail.domain === DOMAIN);
  const [request] = error.findDetails(RequestInfoSchema);
  return {
    message: error.rawMessage || errorCode(error.code).replaceAll("_", " "),
    code: codeOf(error),
    reason: info?.reason,
    requestId: request?.requestId || (error.metadata.get("x-request-id") ?? undefined),
    retryAfterMs: readRetryAfter(error),
    violations: error
      .findDetails(BadRequestSchema)
      .flatMap(({ fieldViolations }) => fieldViolations)
      .map(({ field, description }) => ({ field, description })),
    metadata: info?.metadata ?? {},
    cause: reason,
  };
}

function codeOf(error: ConnectError) {
  if (isNetworkFailure(error)) return "unavailable";
  // A number out of its field's range, say. Connect blames itself, but it is the request that is wrong.
  if (error.code === Code.Internal && error.rawMessage.startsWith("serialize ")) return "invalid_argument";
  return errorCode(error.code);
}
