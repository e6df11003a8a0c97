import type { CineDeepMatchError } from "./error.js";
import type { BufferedEvent } from "./event-buffer.js";

/** What becomes of events that the server refused together. */
export interface Division {
  /** Will never be taken. */
  readonly hopeless: readonly BufferedEvent[];
  /** To be sent again, each part by itself. */
  readonly again: readonly (readonly BufferedEvent[])[];
}

/**
 * Tells the events that made the server refuse all of them from the others, so that one bad event does not hold up the
 * rest for ever. Returns undefined where the refusal was not about the events, which then stay for another time.
 */
export function divideRefused(
  batch: readonly BufferedEvent[],
  { reason, violations }: CineDeepMatchError,
): Division | undefined {
  if (reason === "FIELD_INVALID") {
    const named = new Set(violations.map(({ field }) => Number(/^events\[(\d+)\]/.exec(field)?.[1])));
    const hopeless = batch.filter((_, index) => named.has(index));
    if (hopeless.length === 0) return halves(batch);
    return { hopeless, again: [batch.filter((_, index) => !named.has(index))] };
  }
  if (reason === "USER_MISMATCH") {
    const users = [...Map.groupBy(batch, ({ event }) => event.userId).values()];
    return users.length > 1 ? { hopeless: [], again: users } : { hopeless: batch, again: [] };
  }
  return reason === "MESSAGE_TOO_LARGE" ? halves(batch) : undefined;
}

function halves(batch: readonly BufferedEvent[]): Division {
  if (batch.length < 2) return { hopeless: batch, again: [] };
  const middle = batch.length >> 1;
  return { hopeless: [], again: [batch.slice(0, middle), batch.slice(middle)] };
}
