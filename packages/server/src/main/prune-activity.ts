import type { Kysely } from "kysely";
import type { ActivityTables } from "../stores/sql/activity-tables.js";
import { pruneEvents } from "../stores/sql/prune-events.js";
import type { Closable } from "./teardown.js";

const EVERY_MS = 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

/** Deletes events from time to time once they are older than so many days. Several servers may do it at once. */
export function startPruning(
  db: Kysely<ActivityTables>,
  days: number,
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void },
): Closable {
  let round = Promise.resolve();
  const prune = async () => {
    const count = await pruneEvents(db, Date.now() - days * DAY_MS);
    if (count > 0) log.info({ count }, "events were deleted because of their age");
  };
  const next = () => {
    round = round.then(prune).catch((err: unknown) => log.warn({ err }, "old events cannot be deleted"));
  };
  next();
  const timer = setInterval(next, EVERY_MS);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await round;
    },
  };
}
