import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Inference, startInference } from "./inference.js";

/** Texts with the vectors that the encoder gives them in float32. */
const exact = readFileSync(new URL("../../../models/recipe/dev/float32-vectors.ndjson", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as { text: string; vector: string })
  .map(({ text, vector }) => ({
    text,
    vector: new Float32Array(Uint8Array.from(Buffer.from(vector, "base64")).buffer),
  }));

let inference: Inference;
beforeAll(async () => {
  inference = await startInference();
});
afterAll(() => inference.close());

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);

test("the int8 encoder gives the vectors of the float32 one", async () => {
  const vectors = await inference.encode(exact.map(({ text }) => text));
  for (const [i, vector] of vectors.entries())
    expect(dot(vector, exact[i]?.vector as Float32Array)).toBeGreaterThan(0.999);
});
