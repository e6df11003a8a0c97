import { ErrorReason } from "@cinedeepmatch/contract";
import { ErrorInfoSchema, RetryInfoSchema } from "@cinedeepmatch/contract/error-details";
import { Code, ConnectError } from "@connectrpc/connect";

interface Extras {
  /** The reason, where the API has one for what the gateway refuses. */
  reason?: ErrorReason;
  /** Facts for the caller's program. */
  metadata?: Record<string, string>;
  /** When to try again. */
  retryAfterMs?: number;
  cause?: unknown;
  /** The HTTP status, where it says more than the one that belongs to the code. */
  httpStatus?: number;
}

/** A failure that the gateway itself answers with. */
export class GatewayError extends ConnectError {
  readonly retryAfterMs: number | undefined;
  readonly httpStatus: number | undefined;
  readonly reason: ErrorReason | undefined;

  constructor(message: string, code: Code, extras: Extras = {}) {
    super(message, code, undefined, detailsOf(extras), extras.cause);
    this.retryAfterMs = extras.retryAfterMs;
    this.httpStatus = extras.httpStatus;
    this.reason = extras.reason;
  }
}

/** The gRPC server cannot be reached: it knows nothing of the call. */
export function serverUnreached(cause: unknown): GatewayError {
  return new GatewayError("The server cannot be reached. Try again in a moment.", Code.Unavailable, {
    reason: ErrorReason.SERVER_UNREACHED,
    retryAfterMs: 1000,
    cause,
  });
}

/** Whether the gRPC server has certainly done nothing for a call that failed. */
export function isUnreached(error: unknown): boolean {
  return error instanceof GatewayError && error.reason === ErrorReason.SERVER_UNREACHED;
}

/** The gRPC server went away before it answered; it may have done what was asked. */
export function upstreamUnavailable(cause: unknown): GatewayError {
  return new GatewayError("The server went away before it answered.", Code.Unavailable, { retryAfterMs: 1000, cause });
}

/** The caller went away before the answer came. Nobody reads this; the log does. */
export function callerGone(): GatewayError {
  return new GatewayError("The caller went away.", Code.Canceled);
}

/** The caller's address has made too many requests. */
export function rateLimited(retryAfterMs: number): GatewayError {
  return new GatewayError("Too many requests from this address.", Code.ResourceExhausted, {
    reason: ErrorReason.RATE_LIMITED,
    retryAfterMs,
  });
}

/** Nobody waits for the answer any more. */
export function deadlinePassed(cause?: unknown): GatewayError {
  return new GatewayError("The deadline passed before the answer came.", Code.DeadlineExceeded, {
    reason: ErrorReason.DEADLINE_EXCEEDED,
    cause,
  });
}

/** More matches come than are answered. */
export function queueFull(lane: string, retryAfterMs: number): GatewayError {
  return new GatewayError(`Too many matches are waiting in the ${lane} lane.`, Code.ResourceExhausted, {
    reason: ErrorReason.QUEUE_FULL,
    metadata: { lane },
    retryAfterMs,
  });
}

/** The request's body is longer than the gateway passes on. */
export function bodyTooLarge(limitBytes: number): GatewayError {
  return new GatewayError(`The request is larger than ${limitBytes} bytes.`, Code.ResourceExhausted, {
    reason: ErrorReason.MESSAGE_TOO_LARGE,
    httpStatus: 413,
  });
}

/** No such method, or none that is served here. */
export function noSuchMethod(): GatewayError {
  return new GatewayError("There is no such method.", Code.Unimplemented, { httpStatus: 404 });
}

/** Native gRPC came to a port that does not speak it. */
export function nativeGrpcElsewhere(): GatewayError {
  return new GatewayError(
    "This port serves Connect and gRPC-Web. Native gRPC is served on the gRPC server's own port (9090 by default).",
    Code.Unimplemented,
    { httpStatus: 415 },
  );
}

function detailsOf({ reason, metadata = {}, retryAfterMs }: Extras) {
  const retryDelay = retryAfterMs === undefined ? undefined : durationOf(retryAfterMs);
  return [
    ...(reason === undefined
      ? []
      : [{ desc: ErrorInfoSchema, value: { reason: ErrorReason[reason], domain: "cinedeepmatch", metadata } }]),
    ...(retryDelay === undefined ? [] : [{ desc: RetryInfoSchema, value: { retryDelay } }]),
  ];
}

function durationOf(ms: number) {
  return { seconds: BigInt(Math.floor(ms / 1000)), nanos: (ms % 1000) * 1_000_000 };
}
