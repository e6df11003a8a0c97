import type { Kysely } from "kysely";
import type { AccountStore } from "../../accounts/account-store.js";
import { createSqlAccountStore } from "../sql/sql-account-store.js";
import type { EmbeddedTables } from "./schema.js";

/** Accounts in the embedded database; see `openDatabase`. */
export function createEmbeddedAccountStore({ db }: { readonly db: Kysely<EmbeddedTables> }): AccountStore {
  return createSqlAccountStore(db);
}
