import type { MatchJobResult, MatchRequest, NodeClient } from "@cinedeepmatch/sdk-node";
import { followJob } from "./follow-job.ts";
import { patiently } from "./patiently.ts";
import type { Query } from "./read-queries.ts";

/** One line of the output. */
export interface Result {
  readonly line: number;
  readonly movies?: readonly { readonly id: string; readonly score: number }[];
  readonly error?: string;
}

/**
 * Matches queries as one job and yields a result for each, in order.
 *
 * @param requestId - names the job: a second run with the same name and queries goes on with it
 */
export async function* matchBatch(
  client: NodeClient,
  queries: readonly Query[],
  requestId: string,
): AsyncGenerator<Result> {
  const requests = queries.flatMap(({ request }) => request ?? []);
  const answers = requests.length === 0 ? undefined : await startJob(client, requests, requestId);
  for (const { line, request, problem = "unreadable" } of queries) {
    if (request === undefined) {
      yield { line, error: problem };
      continue;
    }
    const next = await answers?.next();
    if (next === undefined || next.done) throw new Error("The job was cancelled.");
    yield toResult(line, next.value);
  }
}

async function startJob(client: NodeClient, requests: MatchRequest[], requestId: string) {
  const { id } = await patiently(() => client.matchJobs.create({ requests, requestId }));
  return followJob(client, id);
}

function toResult(line: number, { response, errorReason, errorMessage }: MatchJobResult): Result {
  if (response === undefined) return { line, error: `${errorReason}: ${errorMessage}` };
  return { line, movies: response.results.map(({ movie, score }) => ({ id: movie?.id ?? "", score })) };
}
