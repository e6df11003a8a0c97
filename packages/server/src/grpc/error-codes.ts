import { ErrorReason } from "@cinedeepmatch/contract";
import { Code } from "@connectrpc/connect";

/** The one table from a reason to the code that callers see. A test keeps it equal to the proto and docs/errors.md. */
export const ERROR_CODES: Readonly<Record<ErrorReason, Code>> = {
  [ErrorReason.UNSPECIFIED]: Code.Internal,
  [ErrorReason.TOKEN_REJECTED]: Code.Unauthenticated,
  [ErrorReason.SCOPE_MISSING]: Code.PermissionDenied,
  [ErrorReason.USER_MISMATCH]: Code.PermissionDenied,
  [ErrorReason.FIELD_INVALID]: Code.InvalidArgument,
  [ErrorReason.QUERY_EMPTY]: Code.InvalidArgument,
  [ErrorReason.PAGE_TOKEN_INVALID]: Code.InvalidArgument,
  [ErrorReason.MESSAGE_TOO_LARGE]: Code.ResourceExhausted,
  [ErrorReason.USER_REQUIRED]: Code.InvalidArgument,
  [ErrorReason.MOVIE_NOT_FOUND]: Code.NotFound,
  [ErrorReason.PERSON_NOT_FOUND]: Code.NotFound,
  [ErrorReason.MODEL_NOT_FOUND]: Code.NotFound,
  [ErrorReason.IMPORT_NOT_FOUND]: Code.NotFound,
  [ErrorReason.MOVIE_EXISTS]: Code.AlreadyExists,
  [ErrorReason.EXTERNAL_ID_TAKEN]: Code.AlreadyExists,
  [ErrorReason.ETAG_MISMATCH]: Code.Aborted,
  [ErrorReason.IMPORT_BUSY]: Code.Aborted,
  [ErrorReason.QUEUE_FULL]: Code.ResourceExhausted,
  [ErrorReason.RATE_LIMITED]: Code.ResourceExhausted,
  [ErrorReason.DEADLINE_EXCEEDED]: Code.DeadlineExceeded,
  [ErrorReason.QUEUE_UNAVAILABLE]: Code.Unavailable,
  [ErrorReason.MODEL_UNAVAILABLE]: Code.Unavailable,
  [ErrorReason.STORE_UNAVAILABLE]: Code.Unavailable,
  [ErrorReason.CANCELLED]: Code.Canceled,
  [ErrorReason.NOT_IMPLEMENTED]: Code.Unimplemented,
  [ErrorReason.INTERNAL]: Code.Internal,
};
