import { afterAll, beforeAll, expect, test } from "vitest";
import { type Inference, startInference } from "./inference.js";
import { InferenceError } from "./inference-error.js";
import type { Unit } from "./inference-protocol.js";
import { type InferenceWorker, startInferenceWorker } from "./inference-worker.js";
import { ItemMatrix } from "./item-matrix.js";
import { readThreadSetup } from "./thread-setup.js";

let inference: Inference;
let worker: InferenceWorker;
const units: Unit[] = [];

beforeAll(async () => {
  inference = await startInference({
    async startWorker(setup) {
      worker = await startInferenceWorker(setup);
      return {
        ...worker,
        async run(unit) {
          units.push(unit);
          if (unit.kind === "encode" && unit.texts.includes("die")) {
            await worker.end();
            throw new InferenceError("crashed", "ended by the test");
          }
          return worker.run(unit);
        },
      };
    },
  });
});
afterAll(() => inference.close());

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
const encodeOne = async (text: string) => (await inference.encode([text]))[0] as Float32Array;

test("sentences of like meaning are closer than unrelated ones", async () => {
  const [fish, clown, tax] = (await inference.encode([
    "a fish looks for his lost child in the sea",
    "a clownfish father searches the ocean for his son",
    "an accountant is audited by the tax office",
  ])) as [Float32Array, Float32Array, Float32Array];
  expect(dot(fish, clown)).toBeGreaterThan(0.5);
  expect(dot(fish, tax)).toBeLessThan(0.2);
});

test("a text that is read quickly lands near what it means, in the same space", async () => {
  const [quick] = (await inference.encode(["fish looks for lost child"], { tower: "quick" })) as [Float32Array];
  const [clown, tax] = (await inference.encode([
    "a clownfish father searches the ocean for his son",
    "an accountant is audited by the tax office",
  ])) as [Float32Array, Float32Array];
  expect(dot(quick, quick)).toBeCloseTo(1, 5);
  expect(dot(quick, clown)).toBeGreaterThan(dot(quick, tax) + 0.2);
});

test("vectors have unit length and do not depend on what else is in the batch", async () => {
  const alone = await encodeOne("two astronauts adrift");
  const [among] = await inference.encode([
    "two astronauts adrift",
    "cat",
    "a much longer text about something else altogether",
  ]);
  expect(dot(alone, alone)).toBeCloseTo(1, 5);
  expect(dot(alone, among as Float32Array)).toBeCloseTo(1, 5);
});

test("the vector of a text of several lines is the mean of its lines", async () => {
  const [a, b, both] = (await inference.encode([
    "a shark attacks",
    "a town celebrates",
    "a shark attacks\n\na town celebrates",
  ])) as [Float32Array, Float32Array, Float32Array];
  const mean = a.map((x, i) => x + (b[i] as number));
  expect(dot(both, mean) / Math.sqrt(dot(mean, mean))).toBeCloseTo(1, 5);
});

test("empty, endless and foreign texts are encoded too", async () => {
  const vectors = await inference.encode(["", "word ".repeat(100_000), "七人の侍", "\u0000\uD800"]);
  for (const vector of vectors) expect(dot(vector, vector)).toBeCloseTo(1, 4);
  expect(await inference.encode([])).toEqual([]);
});

test("a scan finds exactly the best rows, best first, and no masked or removed ones", async () => {
  const matrix = new ItemMatrix(2);
  for (const [row, x] of [0.1, 0.9, 0.5, 0.7].entries()) matrix.set(row, Float32Array.of(x, 0));
  matrix.remove(3);
  const mask = Float32Array.of(0, 0, Number.NEGATIVE_INFINITY, 0, 0, 0, 0, 0);
  const hits = await inference.scan({ matrix, queries: Float32Array.of(1, 0, -1, 0), mask, k: 10 });
  expect(hits.map(({ indices }) => [...indices])).toEqual([
    [1, 0],
    [0, 2, 1],
  ]);
  expect(hits[0]?.values[0]).toBeCloseTo(0.9, 6);
  matrix.set(6, Float32Array.of(2, 0));
  const [grown] = await inference.scan({ matrix, queries: Float32Array.of(1, 0), k: 2 });
  expect([...(grown?.indices ?? [])]).toEqual([6, 1]);
});

test("a scan of nothing finds nothing, and arrays of the wrong length are refused", async () => {
  const matrix = new ItemMatrix(2);
  const queries = Float32Array.of(1, 0);
  expect((await inference.scan({ matrix, queries, k: 3 }))[0]?.indices).toHaveLength(0);
  matrix.set(0, queries);
  await expect(inference.scan({ matrix, queries: new Float32Array(3), k: 1 })).rejects.toThrow(RangeError);
  await expect(inference.scan({ matrix, queries, mask: new Float32Array(2), k: 1 })).rejects.toThrow(RangeError);
});

test("an interactive request overtakes a bulk request after at most one small batch", async () => {
  units.length = 0;
  const bulk = inference.encode(
    Array.from({ length: 64 }, (_, i) => `bulk ${i}`),
    { priority: "bulk" },
  );
  await inference.encode(["interactive"]);
  const texts = units.map((unit) => (unit.kind === "encode" ? unit.texts[0] : ""));
  expect(texts.indexOf("interactive")).toBe(1);
  await bulk;
});

test("bulk work goes on even when interactive work never pauses", async () => {
  let finished = false;
  const bulk = inference.encode(["bulk"], { priority: "bulk" }).then(() => {
    finished = true;
  });
  const rest = Array.from({ length: 200 }, () => inference.encode(["busy"]));
  await bulk;
  expect(finished).toBe(true);
  expect((await Promise.race([Promise.all(rest), Promise.resolve("waiting")])) as unknown).toBe("waiting");
  await Promise.all(rest);
});

test("an aborted request rejects at once with the signal's reason and its other batches never run", async () => {
  units.length = 0;
  const stop = new AbortController();
  const bulk = inference.encode(
    Array.from({ length: 640 }, (_, i) => `text ${i}`),
    { priority: "bulk", signal: stop.signal },
  );
  stop.abort(new Error("changed my mind"));
  await expect(bulk).rejects.toThrow("changed my mind");
  await encodeOne("next");
  expect(units.length).toBeLessThan(4);
  await expect(inference.encode(["x"], { signal: stop.signal })).rejects.toThrow("changed my mind");
});

test("when the thread dies its request rejects as crashed, and the waiting ones are answered by a new thread", async () => {
  const running = inference.encode(["die"]);
  const waiting = inference.encode(["waiting"]);
  await expect(running).rejects.toMatchObject({ name: "InferenceError", fault: "crashed" });
  expect(await waiting).toHaveLength(1);
});

test("a thread that cannot load its model is a crash with a cause, not a silence", async () => {
  const setup = { ...(await readThreadSetup(1)), encoder: new Uint8Array(10) };
  await expect(startInferenceWorker(setup)).rejects.toMatchObject({ fault: "crashed", cause: expect.any(Error) });
});

test("closing in the middle of a large job ends it early, and no more work is taken", async () => {
  const closing = await startInference();
  const large = closing.encode(
    Array.from({ length: 2000 }, (_, i) => `a rather long sentence ${i}`.repeat(9)),
    { priority: "bulk" },
  );
  const next = closing.encode(["next"]);
  const outcomes = [large, next].map((one) => one.catch((error) => error.fault));
  await closing.close();
  expect(await Promise.all(outcomes)).toEqual(["closed", "closed"]);
  await expect(closing.encode(["c"])).rejects.toMatchObject({ fault: "closed" });
});
