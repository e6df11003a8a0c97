import { EventType, type MatchResult, movieFields, type NodeClient } from "@cinedeepmatch/sdk-node";
import { movies } from "./movies.ts";
import { table } from "./table.ts";
import { waitUntilEncoded } from "./wait-until-encoded.ts";

/** What each kind of match found, best first. */
export interface QuickstartResults {
  readonly byText: readonly MatchResult[];
  readonly byExample: readonly MatchResult[];
  readonly byTaste: readonly MatchResult[];
}

const ENCODING_TIMEOUT_MS = 120_000;

/** Imports a few movies and matches them in the three ways there are. */
export async function runQuickstart(
  client: NodeClient,
  print: (line: string) => void = console.log,
): Promise<QuickstartResults> {
  const { ids, createdCount } = await client.catalog.batchUpsertMovies({ movies });
  print(`Wrote ${ids.length} movies, ${createdCount} of them new.`);
  const encoded = await waitUntilEncoded(client, AbortSignal.timeout(ENCODING_TIMEOUT_MS));
  print(`The model has encoded ${encoded} movies.`);

  const common = {
    filter: { ids },
    pageSize: 3,
    explain: true,
    readMask: movieFields("id", "title", "releaseYear"),
  };
  const show = (heading: string, results: readonly MatchResult[]) => print(`\n${heading}\n${table(results)}`);

  const text = "a clownfish father searches the ocean for his son";
  const byText = await client.match({ ...common, text });
  show(`By text: “${text}”`, byText.results);

  const byExample = await client.match({
    ...common,
    movies: [{ movieId: "toy-story-1995" }, { movieId: "alien-1979", weight: -1 }],
  });
  show("By example: like Toy Story, unlike Alien", byExample.results);

  const userId = "quickstart-ada";
  const { eventToken } = await client.activity.record([
    { userId, movieId: "alien-1979", type: EventType.LIKED },
    { userId, movieId: "jaws-1975", type: EventType.RATED, rating: 9 },
  ]);
  // The token makes sure that the match sees the events just recorded, whichever server answers it.
  const byTaste = await client.match({
    ...common,
    userId,
    excludeSeen: true,
    minEventToken: eventToken,
  });
  show("By taste: for somebody who liked Alien and gave Jaws a 9", byTaste.results);

  return { byText: byText.results, byExample: byExample.results, byTaste: byTaste.results };
}
