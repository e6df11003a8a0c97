import type { ActivityTables } from "../sql/activity-tables.js";

/** The tables of a PostgreSQL database, all in the schema `cinedeepmatch`; `migrations.ts` makes them. */
export type PostgresTables = ActivityTables;
