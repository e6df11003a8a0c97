import { afterAll, expect, test } from "vitest";
import { startMathEngine } from "../../onnx/math-engine.js";
import type { Histories } from "../activity.js";
import { seededRandom } from "../random.js";
import { layOut } from "./batch.js";
import { chooseCandidates } from "./candidates.js";
import { sharedFloats } from "./shared-array.js";
import { TowerTrainer } from "./tower-trainer.js";
import { newWeights } from "./tower-weights.js";
import { cutWindows } from "./windows.js";

const engine = startMathEngine({ threads: 1 });
afterAll(() => engine[Symbol.asyncDispose]());

/** Users who go along movies 1 … 40 in order, from different beginnings. */
const histories: Histories = {
  starts: Int32Array.from({ length: 31 }, (_, user) => user * 17),
  items: Int32Array.from({ length: 30 * 17 }, (_, event) => 1 + ((Math.floor(event / 17) * 7 + (event % 17)) % 40)),
  weights: new Float32Array(30 * 17).fill(1),
  times: Float64Array.from({ length: 30 * 17 }, (_, event) => (event % 17) * 60),
};

test("every event but each user's first is asked for exactly once, whatever the cuts", () => {
  for (const seed of [1, 2, 3]) {
    const windows = cutWindows(histories, 5, seededRandom(seed));
    const asked = windows.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index + 1));
    const expected = Array.from({ length: 30 * 17 }, (_, event) => event).filter((event) => event % 17 !== 0);
    expect(asked.sort((a, b) => a - b)).toEqual(expected);
    expect(Math.max(...windows.map(({ from, to }) => to - from))).toBe(5);
  }
});

test("windows stand at the right edge, dislikes are told of and not asked for, and gaps reach to the next event", () => {
  const weights = histories.weights.slice();
  weights[2] = -0.25;
  const batch = layOut({ ...histories, weights }, [{ from: 0, to: 3 }], 5);
  expect([...batch.items]).toEqual([0, 0, 1, 2, 3]);
  expect([...batch.strengths]).toEqual([0, 0, 1, 1, -0.5]);
  expect([...batch.absence].map((value) => value < 0)).toEqual([true, true, false, false, false]);
  expect(batch.gaps[2]).toBeCloseTo(Math.log1p(60) / 16, 6);
  expect([...batch.places]).toEqual([2n, 4n]);
  expect([...batch.targets]).toEqual([2, 4]);
  expect(batch.importance[0]).toBeCloseTo(0.5, 6);
});

test("in a large catalogue the candidates are the batch's movies and a sample, each corrected by its probability", () => {
  const movies = 20_000;
  const shares = new Float64Array(movies + 1).fill(1 / movies);
  shares[5] = 0.5;
  const batch = { items: Int32Array.of(5, 17), targets: Int32Array.of(17, 19_000) };
  const { items, of, bias } = chooseCandidates(shares, batch, seededRandom(1));
  expect(new Set(items).size).toBe(items.length);
  expect([5, 17, 19_000].map((movie) => items[of(movie)])).toEqual([5, 17, 19_000]);
  expect(items.length).toBeLessThan(3100);
  const drawn = 1 - (1 - 1 / movies) ** 3000;
  expect(bias[of(17)]).toBeCloseTo(-Math.log(drawn), 2);
  expect(bias[of(5)]).toBeCloseTo(-Math.log(1 - (1 - drawn) * 0.25), 2);
  expect(bias[0]).toBeLessThan(-1e6);
});

test.each([
  ["the whole catalogue", 1000],
  ["a sample of it", 10],
])("steps over %s make the next movie less surprising", async (_name, mostCandidates) => {
  const random = seededRandom(1);
  const shape = { content: 3, width: 16, heads: 2, layers: 1, inner: 16, window: 8 };
  const rates = { dropout: 0, correctionDropout: 0, decay: 0 };
  const content = sharedFloats(41 * 3);
  const trainer = await TowerTrainer.start(newWeights(shape, 40, random), {
    ...{ engine, histories, content, random, mostCandidates },
    ...rates,
  });
  const losses: number[] = [];
  for (let step = 0; step < 60; step++) losses.push(await trainer.step(cutWindows(histories, 8, random), 0.01));
  await trainer.close();
  expect(losses[0]).toBeGreaterThan(3);
  expect(losses.at(-1)).toBeLessThan(1);
});
