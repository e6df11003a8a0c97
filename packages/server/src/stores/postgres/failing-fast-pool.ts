import { ErrorReason } from "@cinedeepmatch/contract";
import type { PostgresPool, PostgresPoolClient } from "kysely";
import type { Pool, PoolClient } from "pg";
import { ServiceError } from "../../matching/service-error.js";
import { Outage } from "../outage.js";
import { convertSqlError, sqlStateOf } from "../sql/convert-sql-error.js";

/**
 * A pool as kysely wants it, whose errors are ServiceErrors and which does not let callers wait for a server that is
 * away: a connection that has failed is neither asked again nor kept, and while the server cannot be reached only one
 * call from time to time tries to.
 */
export class FailingFastPool implements PostgresPool {
  readonly #pool: Pool;
  readonly #outage = new Outage();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  get options(): object {
    return this.#pool.options;
  }

  async connect(): Promise<PostgresPoolClient> {
    this.#outage.check();
    const began = performance.now();
    try {
      return new FailingFastClient(await this.#pool.connect(), this.#outage);
    } catch (error) {
      throw convert(error, this.#outage, began);
    }
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}

class FailingFastClient implements PostgresPoolClient {
  readonly #client: PoolClient;
  readonly #outage: Outage;
  #failure: ServiceError | undefined;

  constructor(client: PoolClient, outage: Outage) {
    this.#client = client;
    this.#outage = outage;
  }

  /** Cursors, which the interface has besides, are not used. */
  query: PostgresPoolClient["query"] = (async (sql: string, parameters?: readonly unknown[]) => {
    if (this.#failure !== undefined) throw this.#failure;
    const began = performance.now();
    try {
      const result = await this.#client.query(sql, parameters as unknown[]);
      this.#outage.end();
      return result;
    } catch (error) {
      const converted = convert(error, this.#outage, began);
      // Whatever comes next, a rollback for one, would wait behind the statement that has had no answer.
      if (isUnreachable(error)) this.#failure = converted as ServiceError;
      throw converted;
    }
  }) as unknown as PostgresPoolClient["query"];

  release(destroy = false): void {
    this.#client.release(destroy || this.#failure !== undefined);
  }
}

function convert(error: unknown, outage: Outage, since: number): unknown {
  const converted = convertSqlError(error, "PostgreSQL server", () => true);
  const unavailable = converted instanceof ServiceError && converted.reason === ErrorReason.STORE_UNAVAILABLE;
  if (unavailable && isUnreachable(error)) outage.begin(converted, since);
  return converted;
}

/** Whether the server said nothing, or that it is going, rather than that it cannot do what was asked. */
function isUnreachable(error: unknown): boolean {
  const state = sqlStateOf(error);
  // Of the pool: all connections are in use. The next call may be luckier.
  if (error instanceof Error && error.message === "timeout exceeded when trying to connect") return false;
  return state === "" || state.startsWith("08") || state.startsWith("57P");
}
