import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { type ImportBatchSchema, type ImportRow, ImportRowSchema } from "@cinedeepmatch/contract";
import type { BadRow, MovieInit, MovieRow } from "./import-row.js";

const MAX_ROWS = 500;
const MAX_BYTES = 1024 * 1024;

/** A batch as the SDK takes it. */
export type BatchInit = MessageInitShape<typeof ImportBatchSchema>;

/**
 * Gathers rows into batches of up to 500 rows and 1 MiB. Bad rows are left out but covered by their batch's last row,
 * so that they are not read again when the import is resumed.
 *
 * @param afterRow rows up to this one are stored already
 * @param onRow told of each row of the file, the stored ones too, in order
 */
export async function* batchRows(
  rows: AsyncIterable<MovieRow>,
  afterRow: number,
  onRow: (row: { readonly row: number } | BadRow) => void,
): AsyncGenerator<BatchInit> {
  let batch: ImportRow[] = [];
  let bytes = 0;
  let lastRow = afterRow;
  const take = () => {
    const taken = { lastRow: BigInt(lastRow), rows: batch };
    batch = [];
    bytes = 0;
    return taken;
  };
  for await (const item of rows) {
    const encoded = "problem" in item || item.row <= afterRow ? item : encode(item.row, item.movie);
    onRow(encoded);
    if (item.row <= afterRow) continue;
    if ("size" in encoded) {
      if (batch.length === MAX_ROWS || (batch.length > 0 && bytes + encoded.size > MAX_BYTES)) yield take();
      batch.push(encoded.message);
      bytes += encoded.size;
    }
    lastRow = item.row;
  }
  if (lastRow > afterRow) yield take();
}

function encode(row: number, movie: MovieInit): { row: number; message: ImportRow; size: number } | BadRow {
  try {
    const message = create(ImportRowSchema, { row: BigInt(row), movie });
    const size = toBinary(ImportRowSchema, message).length;
    return size > MAX_BYTES ? { row, problem: `is larger than ${MAX_BYTES} bytes` } : { row, message, size };
  } catch (error) {
    return { row, problem: `cannot be sent: ${(error as Error).message}` };
  }
}
