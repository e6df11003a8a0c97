import { randomBytes } from "node:crypto";
import { MongoClient } from "mongodb";
import { type OpenMongo, openMongo } from "../mongo/open-mongo.js";
import type { ServerTraits } from "../mongo/server-traits.js";

/** A database of its own on a MongoDB server that a test opens, closes and opens again. */
export class TemporaryMongo {
  readonly #server: string;
  readonly #traits: ServerTraits | undefined;
  readonly #name = `test_${randomBytes(6).toString("hex")}`;
  #open: OpenMongo | undefined;

  /** @param traits what to take the server for, instead of asking it */
  constructor(server: string, traits?: ServerTraits) {
    this.#server = server;
    this.#traits = traits;
  }

  /** Where it is. */
  get url(): string {
    const url = new URL(this.#server);
    url.pathname = this.#name;
    return url.href;
  }

  /** @param driver options of the driver, as they stand in a URL */
  async open(driver: Readonly<Record<string, string>> = {}): Promise<OpenMongo> {
    const traits = this.#traits && { traits: this.#traits };
    const url = new URL(this.url);
    for (const [name, value] of Object.entries(driver)) url.searchParams.set(name, value);
    this.#open = await openMongo({ url: url.href, ...traits, log: { warn: () => {} } });
    return this.#open;
  }

  async close(): Promise<void> {
    await this.#open?.close();
    this.#open = undefined;
  }

  async remove(): Promise<void> {
    const client = new MongoClient(this.url);
    await client
      .db()
      .dropDatabase()
      .finally(() => client.close());
  }
}
