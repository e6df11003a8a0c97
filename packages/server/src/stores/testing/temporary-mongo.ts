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

  async open(): Promise<OpenMongo> {
    const traits = this.#traits && { traits: this.#traits };
    this.#open = await openMongo({ url: this.url, ...traits, log: { warn: () => {} } });
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
