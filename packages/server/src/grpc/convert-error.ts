import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { ErrorReason } from "@cinedeepmatch/contract";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RequestInfoSchema,
  RetryInfoSchema,
} from "@cinedeepmatch/contract/error-details";
import { Code, ConnectError } from "@connectrpc/connect";
import { ServiceError } from "../matching/service-error.js";
import { ERROR_CODES } from "./error-codes.js";

/** The domain of the `google.rpc.ErrorInfo` that failed calls carry. */
export const ERROR_DOMAIN = "cinedeepmatch";

/** Turns whatever a handler threw into what the caller sees. Unknown errors tell callers nothing but the request id. */
export function convertError(error: unknown, requestId: string): ConnectError {
  if (error instanceof ConnectError) return error;
  const known = error instanceof ServiceError ? error : toServiceError(error);
  const converted = new ConnectError(known.message, ERROR_CODES[known.reason], undefined, [], known.cause ?? error);
  const info = { reason: ErrorReason[known.reason], domain: ERROR_DOMAIN, metadata: { ...known.metadata } };
  converted.details.push({ desc: ErrorInfoSchema, value: info });
  converted.details.push({ desc: RequestInfoSchema, value: { requestId } });
  if (known.violations.length > 0) {
    converted.details.push({
      desc: BadRequestSchema,
      value: { fieldViolations: known.violations.map((v) => ({ ...v })) },
    });
  }
  if (known.retryAfterMs !== undefined) {
    const retryAfterMs = Math.ceil(known.retryAfterMs);
    converted.details.push({ desc: RetryInfoSchema, value: { retryDelay: durationFromMs(retryAfterMs) } });
    converted.metadata.set("retry-after-ms", String(retryAfterMs));
    converted.metadata.set("retry-after", String(Math.max(1, Math.ceil(retryAfterMs / 1_000))));
  }
  return converted;
}

/** True for errors that are the server's own fault, which its operators need to see. */
export function isFault(error: ConnectError): boolean {
  return error.code === Code.Internal || error.code === Code.Unknown || error.code === Code.DataLoss;
}

function toServiceError(error: unknown): ServiceError {
  // The caller, or the gateway in between, went away while its answer was written.
  if ((error as { code?: unknown } | null)?.code === "ERR_HTTP2_INVALID_STREAM") {
    return new ServiceError(ErrorReason.CANCELLED, "The caller has gone.");
  }
  if (error instanceof Error && (error.name === "AbortError" || error.name === "TimeoutError")) {
    const late = error.name === "TimeoutError";
    return late
      ? new ServiceError(ErrorReason.DEADLINE_EXCEEDED, "The deadline passed.")
      : new ServiceError(ErrorReason.CANCELLED, "The call was cancelled.");
  }
  return new ServiceError(ErrorReason.INTERNAL, "The server failed. It logged the cause under this request id.", {
    cause: error,
  });
}
