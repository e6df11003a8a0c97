import { expect, test } from "vitest";
import { fitMix, type MixInputs } from "./fit-mix.js";
import { emptyTable, fillRow } from "./neighbours/neighbour-table.js";
import { seededRandom } from "./random.js";

const MOVIES = 40;
const CASES = 200;

/** Cases whose answer is the movie after the last one. A table tells the last of the cases. */
function inputs(towerKnows: (place: number) => boolean, tableKnows: number): MixInputs {
  const random = seededRandom(4);
  const table = emptyTable(MOVIES, 2);
  const follower = (movie: number) => (movie % MOVIES) + 1;
  for (let movie = 1; movie <= MOVIES; movie++) {
    fillRow(table, movie, [follower(movie)], new Float64Array(MOVIES + 1).fill(1));
  }
  const cases = Array.from({ length: CASES }, (_, place) => {
    const movie = 1 + Math.floor(random() * MOVIES);
    const target = place < CASES - tableKnows ? 1 + ((movie + 19) % MOVIES) : follower(movie);
    const [weights, ages] = [Float32Array.of(1), Float32Array.of(0)];
    return { items: Int32Array.of(movie), weights, ages, targets: Int32Array.of(target) };
  });
  const towerScores = cases.map(({ targets }, place) => {
    const scores = Float32Array.from({ length: MOVIES + 1 }, () => random());
    if (towerKnows(place)) scores[targets[0] as number] = 2;
    return scores;
  });
  const together = emptyTable(MOVIES, 1);
  return { goal: "next", cases, towerScores, hasTower: true, transitions: table, together, maxEvents: 10 };
}

test("a tower that tells what counting does not is kept", () => {
  const mix = fitMix(inputs(() => true, 100));
  expect(mix.tower).toBe(1);
});

test("a tower that adds but noise is left out, and so is one whose help may be chance", () => {
  expect(fitMix(inputs(() => false, CASES))).toMatchObject({ tower: 0, together: { scale: 0 } });
  expect(fitMix(inputs((place) => place < 3, CASES - 3)).tower).toBe(0);
});

test("a tower that was not trained is not asked", () => {
  const mix = fitMix({ ...inputs(() => true, 100), hasTower: false });
  expect(mix.tower).toBe(0);
  expect(mix.transitions.scale).toBeGreaterThan(0);
});
