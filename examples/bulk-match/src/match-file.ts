import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import type { NodeClient } from "@cinedeepmatch/sdk-node";
import { mapInOrder } from "./map-in-order.ts";
import { matchQuery, type Result } from "./match-query.ts";
import { readQueries } from "./read-queries.ts";

/** What to match and where to write it. */
export interface BulkJob {
  readonly input: string;
  readonly output: string;
  /** How many queries are at work at once. */
  readonly concurrency: number;
  /** Called after every result. */
  readonly onProgress?: (done: BulkCounts) => void;
}

/** How far a job is. */
export interface BulkCounts {
  readonly matched: number;
  readonly failed: number;
}

/** Matches every query of an NDJSON file and writes one line for each, in the order of the input. */
export async function matchFile(client: NodeClient, job: BulkJob): Promise<BulkCounts> {
  const lines = createInterface({ input: createReadStream(job.input), crlfDelay: Number.POSITIVE_INFINITY });
  const results = mapInOrder(readQueries(lines), job.concurrency, (query) => matchQuery(client, query));
  let counts: BulkCounts = { matched: 0, failed: 0 };
  async function* toLines(source: AsyncIterable<Result>) {
    for await (const result of source) {
      const isMatched = result.error === undefined;
      counts = { matched: counts.matched + Number(isMatched), failed: counts.failed + Number(!isMatched) };
      yield `${JSON.stringify(result)}\n`;
      job.onProgress?.(counts);
    }
  }
  await pipeline(results, toLines, createWriteStream(job.output));
  return counts;
}
