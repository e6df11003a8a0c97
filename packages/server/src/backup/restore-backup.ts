import { digestOfRow } from "../matching/row-hash.js";
import type { TableStep } from "../matching/table-store.js";
import { BackupError } from "./backup-error.js";
import { readBackup } from "./read-backup.js";
import {
  type CatalogTarget,
  CatalogWriter,
  clearCatalog,
  compareCatalog,
  type WantedMovies,
} from "./restore-catalog.js";
import { FileCheck, type FileTarget, type RestoredFiles, restoreFiles } from "./restore-files.js";
import type { BackedUp } from "./write-backup.js";

/** What is restored, and where. */
export interface RestoreOptions extends Omit<BackedUp & CatalogTarget, "modelVersion" | keyof FileTarget>, FileTarget {
  readonly path: string;
  /** Whether what the stores hold is replaced; otherwise they must be empty. */
  readonly replace: boolean;
}

/** What was restored. */
export interface Restored extends RestoredFiles {
  /** When the backup was made; RFC 3339. */
  readonly createTime: string;
  readonly movieCount: number;
  /** How many rows each table has now. */
  readonly tableRows: ReadonlyMap<string, number>;
}

const ROWS_PER_STEP = 500;

/**
 * Restores a backup into stores that nobody else uses. Everything in the backup is compared with its digests before
 * anything is changed, and everything that was written afterwards. The tables change all at once; the catalogue does
 * not, and a restore that was interrupted is to be done again, with `replace`.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { path, tables, catalog, replace } = options;
  const { createTime, modelVersion, wanted } = await verify(path);
  if (!replace && !((await tables.isEmpty()) && (await catalog.tenants()).length === 0)) {
    throw new BackupError("There is data already. To replace all of it by the backup, say --replace.");
  }
  const tableRows = await tables.restore(tableSteps(path));
  const files = await restoreFiles(path, options);
  const target = { ...options, modelVersion };
  const kept = await clearCatalog(target, wanted);
  const writer = new CatalogWriter(target, wanted, kept);
  for await (const row of rowsOf(path, "catalog")) await writer.add(row);
  await writer.flush();
  const movieCount = await compareCatalog(target, wanted);
  return { createTime, movieCount, tableRows, ...files };
}

/** Reads all of a backup, and so knows that it can be used. */
async function verify(path: string): Promise<{ createTime: string; modelVersion: string; wanted: WantedMovies }> {
  const wanted: WantedMovies = new Map();
  let createTime = "";
  let modelVersion: string | undefined;
  let file: FileCheck | undefined;
  for await (const step of readBackup(path)) {
    if (step.kind === "header") createTime = step.header.createTime;
    if (step.kind === "part") {
      modelVersion = step.part.kind === "catalog" ? step.part.modelVersion : undefined;
      file = step.part.kind === "file" ? new FileCheck(step.part) : undefined;
    }
    if (step.kind === "end") file?.end();
    if (step.kind !== "row") continue;
    file?.add(step.text);
    if (modelVersion !== undefined) want(wanted, step.text);
  }
  return { createTime, modelVersion: modelVersion ?? "", wanted };
}

/** Of several rows of a movie the last one counts. */
function want(wanted: WantedMovies, row: string): void {
  const { tenant, id, movie } = JSON.parse(row) as { tenant: string; id: string; movie?: string };
  const key = JSON.stringify([tenant, id]);
  if (movie === undefined) wanted.delete(key);
  else wanted.set(key, digestOfRow(row));
}

async function* rowsOf(path: string, kind: "catalog"): AsyncGenerator<string> {
  let isWanted = false;
  for await (const step of readBackup(path)) {
    if (step.kind === "part") isWanted = step.part.kind === kind;
    else if (step.kind === "row" && isWanted) yield step.text;
  }
}

async function* tableSteps(path: string): AsyncGenerator<TableStep> {
  let rows: string[] = [];
  let isTable = false;
  for await (const step of readBackup(path)) {
    if (step.kind === "row") {
      if (isTable) rows.push(step.text);
      if (rows.length < ROWS_PER_STEP) continue;
    }
    if (rows.length > 0) yield { kind: "rows", rows };
    rows = [];
    if (step.kind === "sequences") yield step;
    if (step.kind !== "part") continue;
    isTable = step.part.kind === "table";
    if (step.part.kind === "table") yield step.part;
  }
  if (rows.length > 0) yield { kind: "rows", rows };
}
