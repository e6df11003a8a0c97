import { ErrorReason } from "@cinedeepmatch/contract";
import { BadRequestSchema } from "@cinedeepmatch/contract/error-details";
import { Code } from "@connectrpc/connect";
import { GatewayError } from "../gateway-error.js";

/** A field of a request cannot be read: INVALID_ARGUMENT with a `google.rpc.BadRequest` that names it. */
export function invalidField(field: string, description: string, cause?: unknown): GatewayError {
  const error = invalidRequest(field === "" ? description : `${field}: ${description}`, cause);
  error.details.push({ desc: BadRequestSchema, value: { fieldViolations: [{ field, description }] } });
  return error;
}

/** A request is not as its route wants it. */
export function invalidRequest(message: string, cause?: unknown): GatewayError {
  return new GatewayError(message, Code.InvalidArgument, { reason: ErrorReason.FIELD_INVALID, cause });
}
