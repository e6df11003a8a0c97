import { createHash } from "node:crypto";
import { checkTasteManifest, checkTasteModel } from "@cinedeepmatch/models";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type MathTensors, startMathEngine } from "../onnx/math-engine.js";
import { type LearnedModel, type LearnOptions, type LearnProgress, learn } from "./index.js";
import {
  CONTENT,
  FACTS,
  followerOf,
  genreOf,
  inBatches,
  worldEvents,
  worldMovies,
} from "./synthetic-world.test.support.js";

const engine = startMathEngine({ threads: 1 });
afterAll(() => engine[Symbol.asyncDispose]());

const options: LearnOptions = {
  name: "world",
  version: "1",
  licence: "made up",
  contentModel: { name: "genres", version: "1", dimension: CONTENT },
  width: 16,
  window: 10,
  epochs: 12,
  threads: 1,
};
const movies = worldMovies();
const learnWorld = (changed: Partial<LearnOptions> = {}, users = 400, onProgress?: (progress: LearnProgress) => void) =>
  learn({
    events: inBatches(worldEvents(users)),
    movies: inBatches(movies),
    options: { ...options, ...changed },
    ...(onProgress && { onProgress }),
  });

let model: LearnedModel;
let known: string[];
const progress: LearnProgress[] = [];
beforeAll(async () => {
  model = await learnWorld({}, 400, (step) => progress.push(step));
  known = new TextDecoder().decode(model.files.get("items.txt")).trim().split("\n");
});

const fileOf = (name: string) => model.files.get(name) as Uint8Array;

async function run(file: string, feeds: MathTensors): Promise<MathTensors> {
  const program = await engine.load(fileOf(file));
  return program.run(feeds).finally(() => program.release());
}

type Seen = readonly (readonly [id: string, weight: number])[];

/** Asks the files as a server would: every movie's score after some events. */
async function scoresAfter(seen: Seen, length = seen.length): Promise<Map<string, number>> {
  const at = (index: number) => index + length - seen.length;
  const vectors = new Float32Array(length * CONTENT);
  const items = new BigInt64Array(length);
  const weights = new Float32Array(length);
  for (const [index, [id, weight]] of seen.entries()) {
    vectors.set(movies.find((movie) => movie.id === id)?.vector as Float32Array, at(index) * CONTENT);
    items[at(index)] = BigInt(known.indexOf(id) + 1);
    weights[at(index)] = weight;
  }
  const shape = [1, length];
  const taste = await run("taste.onnx", {
    vectors: { data: vectors, shape: [1, length, CONTENT] },
    items: { data: items, shape },
    weights: { data: weights, shape },
    ages: { data: new Float32Array(length), shape },
  });
  const item = await run("item.onnx", {
    vectors: { data: Float32Array.from(movies.flatMap(({ vector }) => [...vector])), shape: [movies.length, CONTENT] },
    facts: { data: Float32Array.from(movies.flatMap(({ facts = [] }) => [...facts])), shape: [movies.length, FACTS] },
    items: { data: BigInt64Array.from(movies, ({ id }) => BigInt(known.indexOf(id) + 1)), shape: [movies.length] },
  });
  const query = taste.query?.data as Float32Array;
  const rows = item.behavioural?.data as Float32Array;
  const neighbours = Array.from(taste.neighbours?.data ?? [], Number);
  return new Map(
    movies.map(({ id }, index) => {
      const product = query.reduce(
        (sum, value, place) => sum + value * (rows[index * query.length + place] as number),
        0,
      );
      const place = neighbours.indexOf(known.indexOf(id) + 1);
      const near = known.includes(id) && place >= 0 ? (taste.neighbour_scores?.data[place] as number) : 0;
      return [id, product + near];
    }),
  );
}

const best = (scores: Map<string, number>) => [...scores].sort((a, b) => b[1] - a[1]).map(([id]) => id);

test("the movie that follows in this world comes first", async () => {
  const starts = ["m0", "m14", "m27", "m40"];
  for (const start of starts) {
    const path: string[] = [start];
    for (let step = 0; step < 3; step++) path.push(followerOf(path.at(-1) as string));
    const scores = await scoresAfter(path.map((id) => [id, 1]));
    const unseen = best(scores).filter((id) => !path.includes(id));
    expect(unseen[0]).toBe(followerOf(path.at(-1) as string));
  }
});

test("a movie that nobody has seen is found by its content", async () => {
  expect(known).not.toContain("m11");
  const scores = await scoresAfter(["m3", "m4", "m5"].map((id) => [id, 1]));
  const fresh = best(scores).filter((id) => !known.includes(id));
  expect(genreOf(fresh[0] as string)).toBe(0);
});

test("only new movies are told by what stands behind the tower's part", async () => {
  const { behavioural } = await run("item.onnx", {
    vectors: { data: new Float32Array(3 * CONTENT), shape: [3, CONTENT] },
    facts: { data: new Float32Array(3 * FACTS), shape: [3, FACTS] },
    items: { data: BigInt64Array.of(0n, 1n, 44n), shape: [3] },
  });
  const width = model.manifest.dimension;
  const told = Array.from({ length: 3 }, (_, row) =>
    behavioural?.data.slice(row * width + 16, (row + 1) * width).some((value) => value !== 0),
  );
  expect(told).toEqual([true, false, false]);
});

test("what nobody has seen follows what its kind follows", async () => {
  // Movies of genre 0 follow those of genre 0, which content tells of m11 alone.
  const scores = await scoresAfter(["m3", "m4", "m5"].map((id) => [id, 1]));
  const [own, ...others] = ["m11", "m23", "m35", "m47"].map((id) => scores.get(id) as number);
  expect(own).toBeGreaterThan(Math.max(...others) + 1);
});

test("a dislike pushes its own kind away", async () => {
  const liked: Seen = [
    ["m3", 1],
    ["m15", 1],
  ];
  const before = await scoresAfter(liked);
  const after = await scoresAfter([...liked, ["m17", -1]]);
  const change = (id: string) => (after.get(id) as number) - (before.get(id) as number);
  expect(change("m18")).toBeLessThan(0);
  expect(change("m17")).toBeLessThan(change("m4"));
});

test("padding changes nothing, and neither does a longer history than the model looks at break it", async () => {
  const seen: Seen = [
    ["m3", 1],
    ["m4", 0.5],
    ["m5", 1],
  ];
  const [plain, padded] = [await scoresAfter(seen), await scoresAfter(seen, 40)];
  for (const [id, score] of plain) expect(padded.get(id)).toBeCloseTo(score, 4);
  const long: Seen = Array.from({ length: 230 }, (_, index) => [`m${index % 11}`, 1] as const);
  expect([...(await scoresAfter(long)).values()].every(Number.isFinite)).toBe(true);
});

test("the report and the manifest say what was reached, and beat popularity", () => {
  const { report, manifest } = model;
  expect(report).toMatchObject({ goal: "next", users: 400, events: 5600, movies: 44, epochs: 12, cases: 400 });
  expect(report.validation.model.ndcg).toBeGreaterThan(report.validation.popularity.ndcg + 0.2);
  expect(report.losses.at(-1)).toBeLessThan(report.losses[0] as number);
  expect(manifest).toMatchObject({ kind: "taste-encoder", maxEvents: 200, metrics: report });
  for (const [name, { sha256, bytes }] of Object.entries(manifest.files)) {
    const content = model.files.get(name) as Uint8Array;
    expect(content.length).toBe(bytes);
    expect(createHash("sha256").update(content).digest("hex")).toBe(sha256);
  }
  expect(JSON.parse(new TextDecoder().decode(model.files.get("manifest.json")))).toEqual(manifest);
});

test("what is written keeps the contract of the models that the server takes", () => {
  const files = { taste: fileOf("taste.onnx"), item: fileOf("item.onnx"), items: fileOf("items.txt") };
  expect(checkTasteManifest(model.manifest)).toEqual([]);
  expect(checkTasteModel(model.manifest as never, files)).toEqual([]);
});

test("progress goes through all phases, and training to its end", () => {
  const phases = [...new Set(progress.map(({ phase }) => phase))];
  expect(phases).toEqual(["reading", "counting", "training", "fitting", "writing"]);
  const training = progress.filter(({ phase }) => phase === "training");
  expect(training.at(-1)?.done).toBe(training.at(-1)?.total);
});

test("equal seeds give equal models, and others others", async () => {
  const small = { epochs: 2 };
  const [first, again, other] = [
    await learnWorld(small, 60),
    await learnWorld(small, 60),
    await learnWorld({ ...small, seed: 2 }, 60),
  ];
  const hash = (learned: LearnedModel) => learned.manifest.files["taste.onnx"]?.sha256;
  expect(hash(again)).toBe(hash(first));
  expect(hash(other)).not.toBe(hash(first));
});

test("counted anew from the same events a model is the same, and from others it follows those", async () => {
  const hash = (learned: LearnedModel) => learned.manifest.files["taste.onnx"]?.sha256;
  const again = await model.recount(inBatches(worldEvents(400)));
  expect(hash(again)).toBe(hash(model));
  expect(again.report.recounted).toEqual({ users: 400, events: 5600 });
  const other = await model.recount(inBatches(worldEvents(200)));
  expect(hash(other)).not.toBe(hash(model));
  expect(other.manifest.files["items.txt"]).toEqual(model.manifest.files["items.txt"]);
});

test("without epochs there is a model of what follows what", async () => {
  const counted = await learnWorld({ epochs: 0 });
  expect(counted.report.losses).toEqual([]);
  expect(counted.report.validation.model.ndcg).toBeGreaterThan(0.5);
});

test("aborting stops it", async () => {
  const controller = new AbortController();
  const learning = learn({
    events: inBatches(worldEvents(100)),
    movies: inBatches(movies),
    options: { ...options, epochs: 1000 },
    signal: controller.signal,
    onProgress: ({ phase }) => {
      if (phase === "training") controller.abort(new Error("enough"));
    },
  });
  await expect(learning).rejects.toThrow("enough");
});

test("activity that says nothing is refused", async () => {
  const nothing = learn({ events: inBatches([]), movies: inBatches(movies), options });
  await expect(nothing).rejects.toThrow(RangeError);
});
