import type { MathEngine } from "../../onnx/math-engine.js";
import type { Histories } from "../activity.js";
import { coOccurrences, easeWeights } from "./ease.js";
import { emptyTable, fillRow, type NeighbourTable } from "./neighbour-table.js";

/** The matrix of more movies would take too long to invert; those that are seen least have no such neighbours. */
export const MOST_TOGETHER = 4096;

/** How much doubt there is in each pair of movies, and how many neighbours a movie has. */
export interface TogetherOptions {
  readonly lambda: number;
  /** Doubt on top, as a share of how often a movie was liked. */
  readonly dropped: number;
  readonly width: number;
}

/** Which movies are liked by the same users, whatever the order, by EASE: the largest weights of each movie's row. */
export async function countTogether(
  engine: MathEngine,
  histories: Histories,
  movies: number,
  { lambda, dropped, width }: TogetherOptions,
): Promise<NeighbourTable> {
  const table = emptyTable(movies, width);
  const chosen = mostSeen(histories, movies);
  const placeOf = new Int32Array(movies + 1).fill(-1);
  for (const [place, movie] of chosen.entries()) placeOf[movie] = place;
  const count = chosen.length;
  const gram = coOccurrences(histories, count, (movie) => placeOf[movie] as number);
  for (let place = 0; place < count; place++) {
    const at = place * count + place;
    gram[at] = (1 + dropped) * (gram[at] as number);
  }
  const weights = await easeWeights(engine, gram, count, lambda);
  const scores = new Float64Array(movies + 1);
  const others = [...chosen];
  for (const [place, movie] of chosen.entries()) {
    for (const [other, neighbour] of chosen.entries()) scores[neighbour] = weights[place * count + other] as number;
    fillRow(
      table,
      movie,
      others.filter((other) => other !== movie),
      scores,
    );
  }
  return table;
}

function mostSeen(histories: Histories, movies: number): Int32Array {
  const seen = new Int32Array(movies + 1);
  for (const item of histories.items) seen[item] = (seen[item] as number) + 1;
  const order = Int32Array.from({ length: movies }, (_, index) => index + 1);
  return order.sort((a, b) => (seen[b] as number) - (seen[a] as number) || a - b).slice(0, MOST_TOGETHER);
}
