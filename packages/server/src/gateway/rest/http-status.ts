import { Code, type ConnectError } from "@connectrpc/connect";
import { GatewayError } from "../gateway-error.js";

// As google/rpc/code.proto says.
const statusOfCode: Record<Code, number> = {
  [Code.Canceled]: 499,
  [Code.Unknown]: 500,
  [Code.InvalidArgument]: 400,
  [Code.DeadlineExceeded]: 504,
  [Code.NotFound]: 404,
  [Code.AlreadyExists]: 409,
  [Code.PermissionDenied]: 403,
  [Code.ResourceExhausted]: 429,
  [Code.FailedPrecondition]: 400,
  [Code.Aborted]: 409,
  [Code.OutOfRange]: 400,
  [Code.Unimplemented]: 501,
  [Code.Internal]: 500,
  [Code.Unavailable]: 503,
  [Code.DataLoss]: 500,
  [Code.Unauthenticated]: 401,
};

/** The HTTP status of a failure: that of its code, unless the gateway refused the HTTP request itself. */
export function httpStatusOf(error: ConnectError): number {
  const own = error instanceof GatewayError ? error.httpStatus : undefined;
  return own ?? statusOfCode[error.code];
}
