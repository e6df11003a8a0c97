import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { MovieInit, MovieRow } from "./import-row.js";

/** A folder that is gone when the test is over. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cinedeepmatch-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A file that is gone when the test is over. */
export async function writeTemp(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(await tempFolder(), name);
  await writeFile(path, content);
  return path;
}

/** A reader's rows. */
export async function allRows<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

/** The movies among the rows. */
export function moviesOf(rows: readonly MovieRow[]): MovieInit[] {
  return rows.flatMap((row) => ("movie" in row ? [row.movie] : []));
}
