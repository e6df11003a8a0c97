import type { ErrorCode } from "./error-code.js";
import type { ErrorReasonName, FailureFacts, FieldViolation } from "./failure-facts.js";
import { readFailure } from "./read-failure.js";

/**
 * The one error that calls reject with, whatever went wrong: the server said no, the network failed, the deadline
 * passed (`deadline_exceeded`) or the caller's signal was aborted (`canceled`).
 *
 * @example
 * ```ts
 * try {
 *   await client.catalog.getMovie({ id: "finding-nemo-2003" });
 * } catch (error) {
 *   if (error instanceof CineDeepMatchError && error.reason === "MOVIE_NOT_FOUND") return undefined;
 *   throw error;
 * }
 * ```
 */
export class CineDeepMatchError extends Error {
  override readonly name = "CineDeepMatchError";
  /** The kind of failure. Narrow on this or on `reason`, never on the message. */
  readonly code: ErrorCode;
  /** Why the server refused, or undefined where the failure did not come from a CineDeepMatch server. */
  readonly reason: ErrorReasonName | undefined;
  /** Names the call in the server's logs; undefined when no server answered. */
  readonly requestId: string | undefined;
  /** True when the same call may succeed later. Whether it is safe to repeat depends on the method. */
  readonly retryable: boolean;
  /** How long the server asks to wait before the next try, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** The fields that break a rule, for `FIELD_INVALID`; otherwise empty. */
  readonly violations: readonly FieldViolation[];
  /** What the server adds to the reason, for example `movie_id`; otherwise empty. */
  readonly metadata: Readonly<Record<string, string>>;

  /** @param facts - what is known of the failure */
  constructor(facts: FailureFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = facts.code;
    this.reason = facts.reason;
    this.requestId = facts.requestId;
    this.retryAfterMs = facts.retryAfterMs;
    this.retryable = isRetryable(facts);
    this.violations = facts.violations ?? [];
    this.metadata = facts.metadata ?? {};
  }

  /** Turns anything that was thrown into a CineDeepMatchError. One that is one already is returned as it is. */
  static from(reason: unknown): CineDeepMatchError {
    return reason instanceof CineDeepMatchError ? reason : new CineDeepMatchError(readFailure(reason));
  }
}

// The other two are about load or a lost race only when the server says when to come back: a message that is too
// large is RESOURCE_EXHAUSTED and a changed etag is ABORTED, and neither gets better by waiting.
function isRetryable({ code, retryAfterMs }: FailureFacts): boolean {
  if (code === "unavailable") return true;
  return (code === "resource_exhausted" || code === "aborted") && retryAfterMs !== undefined;
}
