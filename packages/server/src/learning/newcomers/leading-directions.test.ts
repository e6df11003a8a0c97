import { expect, test } from "vitest";
import { emptyTable, fillRow } from "../neighbours/neighbour-table.js";
import { normal, seededRandom } from "../random.js";
import { leadingDirections } from "./leading-directions.js";

test("a table of few kinds is told back from as few directions", () => {
  const [movies, kinds] = [60, 3];
  const random = seededRandom(2);
  const table = emptyTable(movies, movies);
  const side = () => Array.from({ length: movies + 1 }, () => Array.from({ length: kinds }, () => normal(random, 1)));
  const [from, to] = [side(), side()];
  const others = Array.from({ length: movies }, (_, place) => place + 1);
  const scoreOf = (movie: number, other: number) =>
    0.5 + (from[movie] ?? []).reduce((sum, value, kind) => sum + value * (to[other]?.[kind] ?? 0), 0);
  for (const movie of others) {
    const scores = Float64Array.from({ length: movies + 1 }, (_, other) => scoreOf(movie, other));
    fillRow(table, movie, others, scores);
  }
  const trust = new Float64Array(movies + 1).fill(1, 1);
  const { says, lies, width } = leadingDirections(table, trust, kinds, seededRandom(1));
  let [error, size] = [0, 0];
  for (const movie of others) {
    expect(says[movie * (width + 2) + width + 1]).toBe(1);
    for (const other of others) {
      let told = says[movie * (width + 2) + width] as number;
      for (let at = 0; at < width; at++) {
        told += (says[movie * (width + 2) + at] as number) * (lies[other * width + at] as number);
      }
      error += (told - scoreOf(movie, other)) ** 2;
      size += scoreOf(movie, other) ** 2;
    }
  }
  expect(error / size).toBeLessThan(0.001);
});
