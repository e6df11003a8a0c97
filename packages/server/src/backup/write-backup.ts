import { createHash } from "node:crypto";
import { pipeline, Readable } from "node:stream";
import { createGzip } from "node:zlib";
import type { CatalogStore } from "../matching/catalog-store.js";
import type { TableStore } from "../matching/table-store.js";
import type { ModelFiles } from "../registry/model-files.js";
import type { ModelStore } from "../registry/model-store.js";
import { type BackupPart, type ControlLine, FORMAT, VERSION } from "./backup-lines.js";
import { catalogRows } from "./catalog-rows.js";
import { fileParts } from "./file-parts.js";

/** What is backed up. */
export interface BackedUp {
  readonly tables: TableStore;
  readonly catalog: CatalogStore;
  readonly models: Pick<ModelStore, "files">;
  readonly modelFiles: Pick<ModelFiles, "stream">;
  /** Whose vectors are taken along; those of other models can be computed again. */
  readonly modelVersion: string;
}

const CHUNK_CHARACTERS = 256 * 1024;

/**
 * A backup of everything but keys, packed with gzip, while the stores are in use.
 *
 * Accounts and activity are as of the instant at which they begin to be read. The catalogue is as of the end of its
 * part, which is later: what happened to a movie was done to one that is in the backup, unless it was deleted since.
 */
export function writeBackup(stores: BackedUp): Readable {
  const lines = Readable.from(inChunks(backupLines(stores)), { objectMode: false });
  // Vectors hardly become smaller, whatever effort is made.
  const packed = createGzip({ level: 1 });
  pipeline(lines, packed, (error) => error && packed.destroy(error));
  return packed;
}

async function* backupLines({ tables, catalog, modelVersion, ...models }: BackedUp): AsyncGenerator<string> {
  yield line(["backup", { format: FORMAT, version: VERSION, createTime: new Date().toISOString() }]);
  let parts = 0;
  let part: PartWriter | undefined;
  for await (const step of tables.dump()) {
    if (step.kind === "rows") {
      for (const row of step.rows) yield part?.row(row) ?? "";
      continue;
    }
    if (part !== undefined) yield part.end();
    part = undefined;
    if (step.kind === "sequences") yield line(["sequences", step.values]);
    else {
      part = new PartWriter();
      parts += 1;
      yield part.begin(step);
    }
  }
  if (part !== undefined) yield part.end();
  // Models are never deleted, so that these are at least the files of those that are in the tables above.
  for await (const step of fileParts(models)) {
    if (step.kind === "row") yield part?.row(step.text) ?? "";
    else if (step.kind === "end") yield part?.end() ?? "";
    else {
      part = new PartWriter();
      parts += 1;
      yield part.begin(step);
    }
  }
  const movies = new PartWriter();
  yield movies.begin({ kind: "catalog", name: "catalog", modelVersion });
  for await (const row of catalogRows(catalog, modelVersion)) yield movies.row(row.text);
  yield movies.end();
  yield line(["complete", { parts: parts + 1 }]);
}

class PartWriter {
  readonly #hash = createHash("sha256");
  #rows = 0;

  begin(part: BackupPart): string {
    return line(["part", part]);
  }

  row(text: string): string {
    const written = `${text}\n`;
    this.#hash.update(written);
    this.#rows += 1;
    return written;
  }

  end(): string {
    return line(["end", { rows: this.#rows, sha256: this.#hash.digest("hex") }]);
  }
}

function line(content: ControlLine): string {
  return `${JSON.stringify(content)}\n`;
}

async function* inChunks(lines: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let chunk = "";
  for await (const text of lines) {
    chunk += text;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield Buffer.from(chunk);
    chunk = "";
  }
  yield Buffer.from(chunk);
}
