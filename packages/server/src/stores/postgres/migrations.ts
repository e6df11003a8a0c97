import type { Migration } from "kysely/migration";
import { createActivity, dateEvents } from "../sql/activity-tables.js";

/** The migrations of a PostgreSQL database in order; see `migrate`. */
export const migrations: Record<string, Migration> = {
  "0001-activity": { up: createActivity },
  "0002-event-age": { up: dateEvents },
};
