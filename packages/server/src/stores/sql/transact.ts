import { ErrorReason } from "@cinedeepmatch/contract";
import type { Kysely } from "kysely";
import { ServiceError } from "../../matching/service-error.js";
import { sqlStateOf } from "./convert-sql-error.js";

/** Runs some work in a transaction. The work may run several times. */
export type Transact<Tables> = <T>(work: (transaction: Kysely<Tables>) => Promise<T>) => Promise<T>;

const ATTEMPTS = 5;

/** Transactions on a database; one that loses a deadlock is begun anew. */
export function transactOn<Tables>(db: Kysely<Tables>): Transact<Tables> {
  return async (work) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await db.transaction().execute(work);
      } catch (error) {
        if (!isConflict(error)) throw error;
        if (attempt === ATTEMPTS) {
          const message = "Too many writes want the same rows at the same time.";
          throw new ServiceError(ErrorReason.STORE_UNAVAILABLE, message, { cause: error });
        }
      }
    }
  };
}

/** SQLSTATE class 40: the transaction was rolled back for the sake of another. */
function isConflict(error: unknown): boolean {
  return sqlStateOf(error).startsWith("40");
}
