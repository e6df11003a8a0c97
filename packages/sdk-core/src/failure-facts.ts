import type { ErrorReason } from "./api.js";
import type { ErrorCode } from "./error-code.js";

/** Why the server refused a call: the names of ErrorReason, and whatever newer servers add. */
export type ErrorReasonName = Exclude<keyof typeof ErrorReason, "UNSPECIFIED"> | (string & {});

/** A field of the request that breaks its rule. */
export interface FieldViolation {
  /** The field, for example `movies[0].movie_id`. */
  readonly field: string;
  /** What is wrong with it, in English. */
  readonly description: string;
}

/** What a {@link CineDeepMatchError} is made of. */
export interface FailureFacts {
  readonly message: string;
  readonly code: ErrorCode;
  readonly reason?: ErrorReasonName | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly violations?: readonly FieldViolation[];
  readonly metadata?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}
