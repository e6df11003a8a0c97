import { type Kysely, sql } from "kysely";
import type { ActivityTables } from "./activity-tables.js";

const EVENTS_PER_STATEMENT = 1000;

/**
 * Deletes events that were recorded before an instant. What they told of their users is forgotten: the movies seen
 * then are shown again, and such an event that is sent once more is recorded once more.
 *
 * @param before milliseconds since the epoch
 * @returns how many there were
 */
export async function pruneEvents(db: Kysely<ActivityTables>, before: number): Promise<number> {
  for (let pruned = 0; ; ) {
    // A few at a time, each time in a transaction of its own, so that nobody waits for long.
    const { rows } = await sql`
      delete from cinedeepmatch.events where ctid = any(array(
        select ctid from cinedeepmatch.events where recorded_at < ${before} limit ${EVENTS_PER_STATEMENT}))
      returning 1`.execute(db);
    pruned += rows.length;
    if (rows.length < EVENTS_PER_STATEMENT) return pruned;
  }
}
