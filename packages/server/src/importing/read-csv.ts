import { pipeline } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { type BadRow, ImportFileError, type OnBytesRead } from "./import-row.js";
import { openBytes } from "./open-bytes.js";

const MAX_RECORD_BYTES = 1024 * 1024;

/** A record of a CSV file, its fields by the names in the file's first line. */
export type CsvRow<Column extends string> =
  | { readonly row: number; readonly fields: Readonly<Record<Column, string>> }
  | BadRow;

/**
 * Reads a CSV file (RFC 4180, plain or gzip) whose first line names its columns. A row's number is that of the line
 * it ends in. A quotation mark inside a field that does not begin with one is taken as it is.
 *
 * @param columns the columns that there must be; others are passed over
 */
export async function* readCsv<Column extends string>(
  path: string,
  columns: readonly Column[],
  onBytesRead?: OnBytesRead,
): AsyncGenerator<CsvRow<Column>> {
  const parser = parse({
    bom: true,
    info: true,
    max_record_size: MAX_RECORD_BYTES,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  });
  let header: readonly string[] | undefined;
  let lastLine = 0;
  try {
    for await (const item of pipeline(openBytes(path, onBytesRead), parser, () => {})) {
      const { record, info } = item as { record: string[]; info: { lines: number } };
      lastLine = info.lines;
      if (header === undefined) header = checkedHeader(path, record, columns);
      else yield toRow(info.lines, header, record, columns);
    }
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    // Only a quotation mark that is never closed comes here, and where it takes the rest of the file along.
    throw new ImportFileError(`${path} is broken after line ${lastLine}: ${cause.message}`, { cause });
  }
}

function checkedHeader(path: string, header: readonly string[], columns: readonly string[]): readonly string[] {
  const missing = columns.filter((column) => !header.includes(column));
  if (missing.length === 0) return header;
  throw new ImportFileError(`${path} has no column ${missing.join(", ")}; its first line must name the columns.`);
}

function toRow<Column extends string>(
  row: number,
  header: readonly string[],
  record: readonly string[],
  columns: readonly Column[],
): CsvRow<Column> {
  if (record.length !== header.length) {
    return { row, problem: `has ${record.length} fields where the first line has ${header.length}` };
  }
  const fields = Object.fromEntries(columns.map((column) => [column, record[header.indexOf(column)] ?? ""]));
  return { row, fields: fields as Record<Column, string> };
}
