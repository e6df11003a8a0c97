import type { Statements } from "./threaded-database.js";

const EVERY_MS = 15_000;
const CHECKPOINT_BYTES = 32 * 1024 * 1024;

/** Statements that are due: tables of which a fifth is dead, or has changed since the planner last looked. */
const WORK_DUE = `
  select format('vacuum %I.%I', schemaname, relname) as statement from pg_stat_user_tables
  where n_dead_tup > 500 + 0.2 * n_live_tup
  union all
  select format('analyze %I.%I', schemaname, relname) from pg_stat_user_tables
  where n_mod_since_analyze > 500 + 0.2 * n_live_tup`;

const LOG_SINCE_CHECKPOINT = "select (pg_current_wal_lsn() - redo_lsn)::float8 as bytes from pg_control_checkpoint()";

/**
 * Does from time to time what PostgreSQL's background processes do, of which PGlite has none: without it every
 * update would leave a dead row behind for ever, and the write-ahead log would grow until the database is closed.
 *
 * @param onError told of a failure; the next round tries again
 * @returns what ends it, after the round under way
 */
export function startMaintenance(database: Statements, onError: (error: unknown) => void): () => Promise<void> {
  let round = Promise.resolve();
  const timer = setInterval(() => {
    round = round.then(() => maintain(database)).catch(onError);
  }, EVERY_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    return round;
  };
}

/** One round of maintenance. */
export async function maintain(database: Statements): Promise<void> {
  await database.query("select pg_stat_force_next_flush()");
  const { rows: due } = await database.query(WORK_DUE);
  for (const { statement } of due) await database.query(String(statement));
  const { rows } = await database.query(LOG_SINCE_CHECKPOINT);
  if (Number(rows[0]?.bytes ?? 0) > CHECKPOINT_BYTES) await database.query("checkpoint");
}
