import { afterAll, expect, test } from "vitest";
import { startMathEngine } from "../../onnx/math-engine.js";
import type { Histories } from "../activity.js";
import { encodeModel } from "../graph/encode-model.js";
import { Graph } from "../graph/graph.js";
import { neighbourOutputs } from "../model/neighbour-graph.js";
import { seededRandom } from "../random.js";
import { coOccurrences, easeWeights } from "./ease.js";
import { invertSmall } from "./invert-small.js";
import { addChannel } from "./sum-channels.js";
import { countTransitions } from "./transitions.js";

const engine = startMathEngine({ threads: 1 });
afterAll(() => engine[Symbol.asyncDispose]());

function histories(...rows: (readonly number[])[]): Histories {
  const items = Int32Array.from(rows.flat(), Math.abs);
  const starts = Int32Array.from([0, ...rows.map((_, user) => rows.slice(0, user + 1).flat().length)]);
  return { starts, items, weights: Float32Array.from(rows.flat(), Math.sign), times: new Float64Array(items.length) };
}

const options = { steps: 2, decay: 0.5, doubt: 1, sharpness: 10, width: 3 };

test("what follows is counted within the steps, less with each, never across users, and no dislikes", () => {
  const table = countTransitions(histories([1, 2, 3], [1, 2], [4, -1], [3, 4]), 4, options);
  const row = (movie: number) => {
    const at = movie * table.width;
    return Array.from(table.items.slice(at, at + 3), (item, place) => [item, table.scores[at + place] as number]);
  };
  // After movie 1: movie 2 twice in the next step, movie 3 once in the one after; 2.5 counts and 1 of doubt.
  expect(row(1)[0]?.[0]).toBe(2);
  expect(row(1)[0]?.[1]).toBeCloseTo(Math.log1p((10 * 2) / 3.5), 5);
  expect(row(1)[1]?.[1]).toBeCloseTo(Math.log1p((10 * 0.5) / 3.5), 5);
  expect(row(1)[2]).toEqual([0, 0]);
  expect(row(4)).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
  expect([...table.items.slice(0, 3)]).toEqual([0, 0, 0]);
});

test("EASE is the closed form of its paper, over several blocks", async () => {
  const random = seededRandom(2);
  const count = 300;
  const rows = Array.from({ length: 200 }, () =>
    Array.from({ length: 30 }, () => 1 + Math.floor(random() ** 2 * count)),
  );
  const gram = () => coOccurrences(histories(...rows), count, (movie) => movie - 1);
  const dense = Float64Array.from(gram(), (value, at) => value + (at % (count + 1) === 0 ? 5 : 0));
  const inverse = invertSmall(dense, count);
  const weights = await easeWeights(engine, gram(), count, 5);
  for (let at = 0; at < weights.length; at += 37) {
    const [row, column] = [Math.floor(at / count), at % count];
    const expected = row === column ? 0 : -(inverse[at] as number) / (inverse[column * (count + 1)] as number);
    expect(weights[at]).toBeCloseTo(expected, 4);
  }
});

test("a movie that a user has twice is one in the co-occurrences, and a disliked one is none", () => {
  expect([...coOccurrences(histories([1, 2, 2], [2, -1]), 2, (movie) => movie - 1)]).toEqual([1, 1, 1, 2]);
});

test("the served graph adds up what TypeScript adds up, over histories shorter and longer than it looks at", async () => {
  const random = seededRandom(4);
  const rows = Array.from({ length: 60 }, () => Array.from({ length: 12 }, () => 1 + Math.floor(random() * 30)));
  const table = countTransitions(histories(...rows), 30, { ...options, width: 8 });
  const channels = [
    { table, byDistance: Float32Array.of(1, 0.5, 0.25) },
    { table, byDistance: new Float32Array(6).fill(0.1) },
  ];
  const graph = new Graph();
  const items = graph.input("items", ["batch", "events"], "int64");
  neighbourOutputs(graph, channels, { items, strengths: graph.input("strengths", ["batch", "events"]) }, 30, 31);
  const program = await engine.load(encodeModel(graph, "neighbours"));
  for (const length of [1, 4, 9]) {
    const history = Array.from({ length }, () => 1 + Math.floor(random() * 30));
    const strengths = history.map((_, event) => (event % 4 === 3 ? -1 : 1));
    const sums = new Float64Array(31);
    for (const channel of channels) addChannel(channel, history, strengths, sums);
    const outputs = await program.run({
      items: { data: BigInt64Array.from(history, BigInt), shape: [1, length] },
      strengths: { data: Float32Array.from(strengths), shape: [1, length] },
    });
    const served = new Float64Array(31);
    for (const [at, movie] of Array.from(outputs.neighbours?.data ?? [], Number).entries()) {
      if (movie > 0) served[movie] = outputs.neighbour_scores?.data[at] as number;
    }
    for (let movie = 1; movie <= 30; movie++) expect(served[movie]).toBeCloseTo(Math.max(0, sums[movie] as number), 5);
  }
});
