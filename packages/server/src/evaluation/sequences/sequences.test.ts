import { afterAll, expect, test } from "vitest";
import { writeTemp } from "../../importing/read-all.test.support.js";
import type { LearnedModel, LearnOptions } from "../../learning/index.js";
import { worldEvents, worldMovies } from "../../learning/synthetic-world.test.support.js";
import { movieFacts } from "../../matching/movie-facts.js";
import { startMathEngine } from "../../onnx/math-engine.js";
import { contentNeighbours, ease, markov, popularity } from "./baselines.js";
import { evaluateCold } from "./cold.js";
import { itemTable } from "./item-table.js";
import { readItemTexts } from "./item-texts.js";
import { evaluateNextItem } from "./next-item.js";
import { readLastItems, readSequences } from "./read-sequences.js";
import { scoreRankings } from "./score-cases.js";
import { evaluateStrong } from "./strong.js";

const engine = startMathEngine({ threads: 1 });
afterAll(() => engine[Symbol.asyncDispose]());

const movies = worldMovies();
const table = itemTable(
  movies.map(({ id }) => id),
  movies.map(({ vector }) => vector),
);
const options: LearnOptions = {
  name: "world",
  version: "1",
  licence: "made up",
  contentModel: { name: "genres", version: "1", dimension: table.length },
  width: 16,
  window: 10,
  epochs: 5,
  threads: 1,
};
/** The users of the synthetic world, and their first movies without repetitions. */
const whole = [...Map.groupBy(worldEvents(300), ({ userId }) => userId).values()].map((events) =>
  Int32Array.from(events, ({ movieId }) => table.indexOf.get(movieId) as number),
);
const sequences = whole.map((sequence) => Int32Array.from(new Set(sequence)).slice(0, 6));

test("sequences are read plain, and what does not fit them is refused", async () => {
  const path = await writeTemp("sequences.txt", "1 2 3\n\n4  5 \n");
  expect(await readSequences(path)).toEqual([
    ["1", "2", "3"],
    ["4", "5"],
  ]);
  expect(await readLastItems(await writeTemp("last.txt", "7\n8\n"), 2)).toEqual(["7", "8"]);
  await expect(readLastItems(await writeTemp("last.txt", "7\n"), 2)).rejects.toThrow("1 lines for 2 sequences");
  await expect(readLastItems(await writeTemp("last.txt", "7 8\n"), 1)).rejects.toThrow(":1: is not one item");
  await expect(readSequences(await writeTemp("empty.txt", ""))).rejects.toThrow("has no sequences");
});

test("items are what their title and genres say, and what Wikipedia's data adds", async () => {
  const items = await writeTemp(
    "items.csv",
    'item,movieId,title,genres\n1,7,"Kite, The (1999)",Drama|War\n2,8,Moon (1950),Comedy\n',
  );
  const plain = await readItemTexts(items);
  expect(plain.get("1")?.text).toBe("The Kite: 1999 Drama, War movie");
  const article = {
    title: "The Kite",
    year: 2000,
    cast: ["A. Flyer"],
    genres: ["Drama"],
    href: "Kite",
    extract: "A kite is lost over the sea one day.",
  };
  const rich = await readItemTexts(items, await writeTemp("movies.json", JSON.stringify([article])));
  expect(rich.get("1")?.text).toBe("The Kite: 1999 Drama, War movie\nA kite is lost over the sea one day.");
  expect(rich.get("2")).toEqual(plain.get("2"));
  expect(plain.get("2")?.facts).toEqual(movieFacts({ releaseYear: 1950, genres: ["Comedy"] }));
});

test("what stands beside a model scores as computed by hand", () => {
  const small = [Int32Array.of(1, 2, 3), Int32Array.of(1, 2)];
  const held = { items: Int32Array.of(3, 1) };
  expect([...popularity(small, 3)(held)]).toEqual([0, 2, 2, 1]);
  // After movie 1: movie 2 twice, movie 3 once two steps on; 2.8 counts and 10 of doubt. After movie 3 nothing.
  const [, , second, third] = markov(small, 3)(held);
  expect(second).toBeCloseTo(2 / 12.8, 6);
  expect(third).toBeCloseTo(0.8 / 12.8, 6);
  const weights = Float32Array.of(0, 1, 2, 3, 0, 4, 5, 6, 0);
  expect([...ease(weights, 3)(held)]).toEqual([0, 5, 7, 2]);
  expect([...ease(weights, 3, 1)(held)]).toEqual([0, 0, 1, 2]);
  const content = itemTable(["a", "b"], [Float32Array.of(1, 0), Float32Array.of(0.6, 0.8)]);
  const near = contentNeighbours(content)({ items: Int32Array.of(1, 2) });
  expect(near[1]).toBeCloseTo(0.95 + 0.6, 6);
  expect(near[2]).toBeCloseTo(0.95 * 0.6 + 1, 6);
});

test("rankings are measured without what was seen", async () => {
  const ones = Float32Array.of(1, 1);
  const cases = [
    { items: Int32Array.of(1, 2), weights: ones, ages: ones, targets: Int32Array.of(3) },
    { items: Int32Array.of(3, 1), weights: ones, ages: ones, targets: Int32Array.of(4) },
  ];
  const scores = Float64Array.of(0, 9, 8, 7, 6);
  const rows = await scoreRankings(["ndcg@10", "hr@10"], cases, [scores, scores]);
  expect(rows["ndcg@10"]).toBeCloseTo((1 + 1 / Math.log2(3)) / 2, 4);
  expect(rows).toMatchObject({ "hr@10": 1, "±hr@10": 0 });
});

test("next-item: the served files tell the world's order, out of order they do not, and targets are not learned from", async () => {
  const secret = table.indexOf.get("m11") as number;
  const known = sequences.map((sequence) => sequence.slice(0, -1));
  const targets = Int32Array.from(sequences, (sequence, user) => (user === 0 ? secret : (sequence.at(-1) as number)));
  const { report, model } = await evaluateNextItem({ engine, table, sequences: known, targets, options });
  const reached = (name: string) => report.rows[name]?.["ndcg@10"] as number;
  expect(report).toMatchObject({ metric: "next-item", users: 300, items: 48 });
  expect(Object.keys(report.rows)).toHaveLength(7);
  expect(reached("model")).toBeGreaterThan(reached("shuffled") + 0.1);
  expect(reached("model")).toBeGreaterThan(reached("popularity") + 0.1);
  expect(reached("markov-10")).toBeGreaterThan(reached("popularity"));
  const learned = model as LearnedModel;
  const lines = new TextDecoder().decode(learned.files.get("items.txt")).split("\n");
  expect(lines).not.toContain("m11");
  const again = await evaluateNextItem({ engine, table, sequences: known, targets, options, model: learned });
  expect(again.report.rows).toEqual(report.rows);
});

test("cold: what is hidden is not in the model, and is found by its content", async () => {
  const { report, model } = await evaluateCold({
    engine,
    table,
    sequences: whole,
    options: { ...options, epochs: 12 },
  });
  expect(report).toMatchObject({ metric: "cold", items: 48, hidden: 5 });
  expect(report.users).toBeGreaterThan(20);
  const lines = new TextDecoder().decode(model.files.get("items.txt")).trim().split("\n");
  expect(lines.length).toBeLessThanOrEqual(43);
  expect(report.rows.warm["ndcg@10"]).toBeGreaterThan(report.rows["content-knn"]["ndcg@10"] as number);
  expect(report.ratios.warm).toBeCloseTo(
    (report.rows.model["ndcg@10"] as number) / (report.rows.warm["ndcg@10"] as number),
    2,
  );
});

test("strong: nothing is learned of the users who are asked about", async () => {
  const names = movies.map(({ id }) => id);
  const { contentModel: _, ...rest } = options;
  const { report } = await evaluateStrong({ engine, names, sequences, users: 60, options: { ...rest, epochs: 1 } });
  expect(report).toMatchObject({ metric: "strong", users: 60, learned: { users: 240, goal: "rest" } });
  expect(report.rows.model?.["ndcg@100"]).toBeGreaterThan(report.rows.popularity?.["ndcg@100"] as number);
  expect([100, 200, 400, 800, 1600]).toContain(report.lambda);
});
