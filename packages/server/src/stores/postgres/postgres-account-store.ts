import type { Kysely } from "kysely";
import type { AccountStore } from "../../accounts/account-store.js";
import { createSqlAccountStore } from "../sql/sql-account-store.js";
import type { PostgresTables } from "./schema.js";

/** Accounts in a PostgreSQL database; see `openPostgres`. */
export function createPostgresAccountStore({ db }: { readonly db: Kysely<PostgresTables> }): AccountStore {
  return createSqlAccountStore(db);
}
