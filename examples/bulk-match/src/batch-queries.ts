import { toBinary } from "@bufbuild/protobuf";
import { MatchRequestSchema } from "@cinedeepmatch/sdk-node";
import type { Query } from "./read-queries.ts";

const MAX_QUERIES = 1_000;
/** A job's requests may have 1 MiB together. */
const MAX_BYTES = 768 * 1024;

/** Gathers queries into batches that fit into a job each. */
export async function* batchQueries(queries: AsyncIterable<Query>): AsyncGenerator<Query[]> {
  let batch: Query[] = [];
  let bytes = 0;
  for await (const query of queries) {
    const size = query.request === undefined ? 0 : toBinary(MatchRequestSchema, query.request).length;
    if (batch.length === MAX_QUERIES || (batch.length > 0 && bytes + size > MAX_BYTES)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(query);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
