import { randomBytes } from "node:crypto";
import pg from "pg";
import { type OpenPostgres, openPostgres } from "../postgres/open-postgres.js";

/** A database of its own on a PostgreSQL server that a test opens, closes and opens again. */
export class TemporaryPostgres {
  readonly #server: string;
  readonly #name = `test_${randomBytes(6).toString("hex")}`;
  #made = false;
  #open: OpenPostgres | undefined;

  /** @param server the URL of any database of the server, with the right to make others */
  constructor(server: string) {
    this.#server = server;
  }

  /** Where it is. */
  get url(): string {
    const url = new URL(this.#server);
    url.pathname = this.#name;
    return url.href;
  }

  /** Makes the database without opening it. */
  async make(): Promise<void> {
    if (!this.#made) await this.#command(`create database ${this.#name}`);
    this.#made = true;
  }

  async open(): Promise<OpenPostgres> {
    await this.make();
    this.#open = await openPostgres({ url: this.url, log: { warn: () => {} } });
    return this.#open;
  }

  async close(): Promise<void> {
    await this.#open?.close();
    this.#open = undefined;
  }

  async remove(): Promise<void> {
    if (this.#made) await this.#command(`drop database ${this.#name} with (force)`);
  }

  async #command(statement: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.#server });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  }
}
