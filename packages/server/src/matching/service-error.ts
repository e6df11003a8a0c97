import { ErrorReason } from "@cinedeepmatch/contract";

/** What a {@link ServiceError} carries besides its reason. */
export interface ServiceErrorOptions {
  /** Facts for the caller's program, for example `{ movie_id: "alien-1979" }`. Never secrets. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** When trying again makes sense, in milliseconds from now. */
  readonly retryAfterMs?: number;
  /** Request fields that break a rule. */
  readonly violations?: readonly FieldViolation[];
  /** What happened underneath. Logged, never sent. */
  readonly cause?: unknown;
}

/** A request field that breaks a rule. */
export interface FieldViolation {
  /** The field's path in proto names, for example `movies[0].movie_id`. */
  readonly field: string;
  /** What is wrong with it and what would be right. */
  readonly description: string;
}

/**
 * The one error that the server's parts throw on purpose. It becomes a Connect error once, at the border
 * (`grpc/convert-error.ts`); `message` is sent to the caller.
 */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  readonly reason: ErrorReason;
  readonly metadata: Readonly<Record<string, string>>;
  readonly retryAfterMs: number | undefined;
  readonly violations: readonly FieldViolation[];

  constructor(reason: ErrorReason, message: string, options: ServiceErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.reason = reason;
    this.metadata = options.metadata ?? {};
    this.retryAfterMs = options.retryAfterMs;
    this.violations = options.violations ?? [];
  }
}

/** No movie has this id. */
export function movieNotFound(movieId: string): ServiceError {
  return new ServiceError(ErrorReason.MOVIE_NOT_FOUND, `There is no movie with the id "${movieId}".`, {
    metadata: { movie_id: movieId },
  });
}

/** More matches come than are answered. */
export function queueFull(lane: string, retryAfterMs: number): ServiceError {
  const message = `Too many matches are waiting in the ${lane} lane.`;
  return new ServiceError(ErrorReason.QUEUE_FULL, message, { retryAfterMs, metadata: { lane } });
}

/** One request field breaks a rule. */
export function fieldInvalid(field: string, description: string): ServiceError {
  return new ServiceError(ErrorReason.FIELD_INVALID, `${field}: ${description}`, {
    violations: [{ field, description }],
  });
}
