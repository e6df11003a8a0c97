import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { MovieSchema } from "@cinedeepmatch/contract";
import type { MovieRow, OnBytesRead } from "./import-row.js";
import { openBytes } from "./open-bytes.js";
import { parseJson } from "./parse-json.js";
import { splitLines } from "./split-lines.js";

/**
 * Reads the project's own format: a Movie as proto JSON a line, plain or gzip. A field that Movie does not have makes
 * a bad row rather than being dropped, so that a misspelt name does not go unnoticed.
 */
export async function* readNdjson(path: string, onBytesRead?: OnBytesRead): AsyncGenerator<MovieRow> {
  for await (const line of splitLines(openBytes(path, onBytesRead))) {
    yield "problem" in line ? line : readMovie(line.row, line.bytes);
  }
}

function readMovie(row: number, bytes: Uint8Array): MovieRow {
  const parsed = parseJson(bytes);
  if ("problem" in parsed) return { row, problem: parsed.problem };
  try {
    return { row, movie: fromJson(MovieSchema, parsed.value as JsonValue) };
  } catch (error) {
    return { row, problem: `is no Movie: ${(error as Error).message}` };
  }
}
