import type { Histories } from "./activity.js";
import type { Lesson } from "./lesson.js";
import { countTogether } from "./neighbours/count-together.js";
import type { NeighbourTable } from "./neighbours/neighbour-table.js";
import { countTransitions } from "./neighbours/transitions.js";

/** All neighbours of all movies together, for each table: 8 bytes each in the file. */
const MOST_PAIRS = 6_000_000;
/**
 * What goes with a movie reaches further than what comes next, and is told from more doubtful evidence: some of what a
 * movie tells is held to be lacking (`dropped`, as in EDLAE), which trusts those that many have seen less.
 */
const TABLES = {
  next: { most: 400, lambda: 400, dropped: 0 },
  rest: { most: 1000, lambda: 400, dropped: 0.3 },
};
const TRANSITIONS = { steps: 10, decay: 0.7, doubt: 30, sharpness: 1000 };

/** What is counted rather than trained. */
export interface Tables {
  readonly transitions: NeighbourTable;
  readonly together: NeighbourTable;
}

/** Counts which movies follow which, and which are liked by the same users. */
export async function countTables(
  { engine, options, movies, tell, signal }: Lesson,
  histories: Histories,
): Promise<Tables> {
  const count = movies.ids.length;
  const { most, lambda, dropped } = TABLES[options.goal];
  const width = Math.max(1, Math.min(most, count, Math.floor(MOST_PAIRS / count)));
  tell({ phase: "counting", done: 0, total: 2 });
  const transitions = countTransitions(histories, count, { ...TRANSITIONS, width });
  signal?.throwIfAborted();
  tell({ phase: "counting", done: 1, total: 2 });
  const together = await countTogether(engine, histories, count, { lambda, dropped, width });
  tell({ phase: "counting", done: 2, total: 2 });
  return { transitions, together };
}
