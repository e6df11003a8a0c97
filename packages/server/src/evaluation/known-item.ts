import type { MatchResult } from "@cinedeepmatch/contract";
import type { NodeClient } from "@cinedeepmatch/sdk-node";
import { WIKIPEDIA_SOURCE } from "../importing/read-wikipedia.js";
import type { KnownItemQuery } from "./known-item-query.js";

const PAGE_SIZE = 100;
const READ_MASK = { paths: ["id", "title", "release_year", "external_ids"] };

/** What came of one query. */
export interface KnownItemOutcome {
  readonly query: KnownItemQuery;
  /** The movie's rank from 1; undefined when it is not among the first 100. */
  readonly rank: number | undefined;
  /** How long the answer took, in milliseconds, as the caller sees it. */
  readonly latencyMs: number;
}

/**
 * Sends each query on its own through the public API and looks for its movie in the answer.
 *
 * @param onOutcome told of each outcome as it comes
 */
export async function askKnownItems(
  client: Pick<NodeClient, "match">,
  queries: readonly KnownItemQuery[],
  onOutcome?: (outcome: KnownItemOutcome) => void,
): Promise<KnownItemOutcome[]> {
  const ask = async ({ query }: KnownItemQuery) =>
    (await client.match({ text: query, pageSize: PAGE_SIZE, readMask: READ_MASK })).results;
  // Connecting and the first run of a model take long and are not what is measured.
  for (const query of queries.slice(0, 1)) await ask(query);
  const outcomes: KnownItemOutcome[] = [];
  for (const query of queries) {
    const startedAt = performance.now();
    const results = await ask(query);
    const outcome = { query, rank: rankOf(query, results), latencyMs: performance.now() - startedAt };
    outcomes.push(outcome);
    onOutcome?.(outcome);
  }
  return outcomes;
}

function rankOf({ href, title, year }: KnownItemQuery, results: readonly MatchResult[]): number | undefined {
  const index = results.findIndex(({ movie }) => {
    if (movie === undefined) return false;
    if (href === undefined) return movie.title === title && movie.releaseYear === year;
    return movie.externalIds.some(({ source, value }) => source === WIKIPEDIA_SOURCE && value === href);
  });
  return index < 0 ? undefined : index + 1;
}
