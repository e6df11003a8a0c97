import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DataDirectory, openDataDirectory } from "../embedded/data-directory.js";
import { type EmbeddedDatabase, openDatabase } from "../embedded/open-database.js";

/** An embedded database in a directory of its own that a test opens, closes and opens again. */
export class TemporaryDatabase {
  #path: string | undefined;
  #directory: DataDirectory | undefined;
  #database: EmbeddedDatabase | undefined;

  async open(): Promise<EmbeddedDatabase> {
    this.#path ??= await mkdtemp(join(tmpdir(), "cinedeepmatch-"));
    this.#directory = await openDataDirectory(this.#path);
    this.#database = await openDatabase(this.#directory);
    return this.#database;
  }

  async close(): Promise<void> {
    await this.#database?.close();
    await this.#directory?.close();
  }

  async remove(): Promise<void> {
    if (this.#path !== undefined) await rm(this.#path, { recursive: true, force: true });
  }
}
