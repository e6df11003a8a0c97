import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import type { NodeClient } from "@cinedeepmatch/sdk-node";
import { batchQueries } from "./batch-queries.ts";
import { matchBatch, type Result } from "./match-batch.ts";
import { readQueries } from "./read-queries.ts";

/** What to match and where to write it. */
export interface BulkRun {
  readonly input: string;
  readonly output: string;
  /** Names the run: one that was interrupted goes on under the same name. */
  readonly name: string;
  /** Called after every result. */
  readonly onProgress?: (done: BulkCounts) => void;
}

/** How far a run is. */
export interface BulkCounts {
  readonly matched: number;
  readonly failed: number;
}

/** Matches every query of an NDJSON file and writes one line for each, in the order of the input. */
export async function matchFile(client: NodeClient, run: BulkRun): Promise<BulkCounts> {
  let counts: BulkCounts = { matched: 0, failed: 0 };
  async function* toLines(results: AsyncIterable<Result>) {
    for await (const result of results) {
      const isMatched = result.error === undefined;
      counts = { matched: counts.matched + Number(isMatched), failed: counts.failed + Number(!isMatched) };
      yield `${JSON.stringify(result)}\n`;
      run.onProgress?.(counts);
    }
  }
  await pipeline(matchAll(client, run), toLines, createWriteStream(run.output));
  return counts;
}

/** One job after the other: the file is read no faster than it is matched, so that memory does not grow with it. */
async function* matchAll(client: NodeClient, { input, name }: BulkRun): AsyncGenerator<Result> {
  const lines = createInterface({ input: createReadStream(input), crlfDelay: Number.POSITIVE_INFINITY });
  let batch = 0;
  for await (const queries of batchQueries(readQueries(lines))) {
    yield* matchBatch(client, queries, `${name}-${++batch}`);
  }
}
