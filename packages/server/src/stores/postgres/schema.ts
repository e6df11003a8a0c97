import type { AccountTables } from "../sql/account-tables.js";
import type { ActivityTables } from "../sql/activity-tables.js";
import type { MatchJobTables } from "../sql/match-job-tables.js";
import type { ModelTables } from "../sql/model-tables.js";

/** The tables of a PostgreSQL database, all in the schema `cinedeepmatch`; `migrations.ts` makes them. */
export interface PostgresTables extends ActivityTables, AccountTables, MatchJobTables, ModelTables {}
