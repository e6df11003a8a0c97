import type { Migration } from "kysely/migration";
import { createAccounts } from "../sql/account-tables.js";
import { createActivity, dateEvents, orderEvents, rememberErasures } from "../sql/activity-tables.js";
import { createMatchJobs } from "../sql/match-job-tables.js";
import { createModels } from "../sql/model-tables.js";
import { createLeases } from "../sql/sql-leases.js";

/** The migrations of a PostgreSQL database in order; see `migrate`. */
export const migrations: Record<string, Migration> = {
  "0001-activity": { up: createActivity },
  "0002-event-age": { up: dateEvents },
  "0003-accounts": { up: createAccounts },
  "0004-erasures": { up: rememberErasures },
  "0005-leases": { up: createLeases },
  "0006-match-jobs": { up: createMatchJobs },
  "0007-models": { up: createModels },
  "0008-event-order": { up: orderEvents },
};
