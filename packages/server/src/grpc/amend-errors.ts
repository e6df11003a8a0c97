import { ErrorReason } from "@cinedeepmatch/contract";
import { ErrorInfoSchema } from "@cinedeepmatch/contract/error-details";
import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect";
import { ServiceError } from "../matching/service-error.js";
import type { BorderLog } from "./border-interceptor.js";
import { isCallerGone } from "./caller-gone.js";
import { convertError, isFault } from "./convert-error.js";

/** Long enough to name the field that is wrong; parsers quote what they were sent. */
const MAX_MESSAGE_LENGTH = 300;

/**
 * Makes the errors that Connect itself raises around the interceptors (an unreadable, too large or wrongly compressed
 * message, an answer that cannot be written) leave with the reason, the code and the request id that all others have.
 *
 * Connect hands every error to `abort` of the call's context before it writes it; there is no other place at which all
 * of them pass on every protocol.
 */
export function amendErrors(context: HandlerContext, requestId: string, log: BorderLog): void {
  const abortable = context as HandlerContext & { abort(reason?: unknown): void };
  const abort = abortable.abort.bind(abortable);
  abortable.abort = (error?: unknown) => {
    if (error instanceof ConnectError) amend(error, requestId, (fault) => logFault(fault));
    else if (error !== undefined && !isCallerGone(error)) logFault(error);
    abort(error);
  };
  const logFault = (err: unknown) => log.error({ requestId, method: context.method.name, err }, "call failed");
}

function amend(error: ConnectError, requestId: string, onFault: (fault: unknown) => void): void {
  if (error.findDetails(ErrorInfoSchema).length > 0) return;
  // An answer that its caller does not wait for is no fault of ours.
  const known = isCallerGone(error) ? cancelled() : toServiceError(error);
  if (known === undefined) return;
  const { code, rawMessage, message, details } = convertError(known, requestId);
  if (isFault(convertError(known, requestId)))
    onFault(new ConnectError(error.rawMessage, error.code, undefined, undefined, error.cause));
  Object.assign(error, { code, rawMessage, message, details });
}

/** `undefined` for errors that say what they should already, such as those of the standard gRPC services. */
function toServiceError({ code, rawMessage }: ConnectError): ServiceError | undefined {
  switch (code) {
    case Code.InvalidArgument:
      return malformed(rawMessage);
    case Code.ResourceExhausted:
      return tooLarge(rawMessage);
    case Code.Unimplemented:
      return rawMessage.endsWith(" is not implemented") ? notImplemented(rawMessage) : undefined;
    case Code.DeadlineExceeded:
      return new ServiceError(ErrorReason.DEADLINE_EXCEEDED, "The deadline passed.");
    case Code.Canceled:
      return cancelled();
    case Code.Internal:
    case Code.Unknown:
    case Code.DataLoss:
      // These are the caller's doing, although Connect says that they are ours.
      if (/^parse binary: |^decompression failed|^received compressed envelope/.test(rawMessage))
        return malformed(rawMessage);
      return new ServiceError(ErrorReason.INTERNAL, "The server failed. It logged the cause under this request id.");
    default:
      return undefined;
  }
}

function cancelled(): ServiceError {
  return new ServiceError(ErrorReason.CANCELLED, "The call was cancelled.");
}

function malformed(said: string): ServiceError {
  const plain = said.replace(/^parse binary: |^protocol error: /, "");
  const description = plain.length > MAX_MESSAGE_LENGTH ? `${plain.slice(0, MAX_MESSAGE_LENGTH)}…` : plain;
  return new ServiceError(ErrorReason.FIELD_INVALID, `The request cannot be read: ${description}`, {
    violations: [{ field: "", description }],
  });
}

function tooLarge(said: string): ServiceError {
  const limit = /readMaxBytes (\d+)/.exec(said)?.[1];
  const than = limit === undefined ? "the server reads" : `${limit} bytes`;
  return new ServiceError(ErrorReason.MESSAGE_TOO_LARGE, `The message, decompressed, is larger than ${than}.`);
}

function notImplemented(said: string): ServiceError {
  const method = said.slice(0, said.indexOf(" "));
  return new ServiceError(ErrorReason.NOT_IMPLEMENTED, `This server does not serve ${method} yet.`);
}
