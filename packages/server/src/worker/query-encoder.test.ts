import { expect, test } from "vitest";
import type { Inference } from "../onnx/inference.js";
import { QueryEncoder } from "./query-encoder.js";

const open = () => {
  const runs: { tower: string | undefined; texts: readonly string[] }[] = [];
  const inference = {
    async encode(texts, options) {
      runs.push({ tower: options?.tower, texts });
      if (texts.includes("broken")) throw new Error("broken");
      return texts.map((text) => Float32Array.of(text.length));
    },
  } as Pick<Inference, "encode"> as Inference;
  return { encoder: new QueryEncoder(inference), runs };
};
const signal = new AbortController().signal;

test("texts that arrive together are read together, the quick ones first and by their own model", async () => {
  const { encoder, runs } = open();
  const vectors = await Promise.all([
    encoder.encode("a", { quick: false, signal }),
    encoder.encode("bb", { quick: true, signal }),
    encoder.encode("ccc", { quick: false, signal }),
  ]);
  expect(vectors.map(([length]) => length)).toEqual([1, 2, 3]);
  expect(runs).toEqual([
    { tower: "quick", texts: ["bb"] },
    { tower: "full", texts: ["a", "ccc"] },
  ]);
});

test("a text that cannot be read fails those beside it and none after it", async () => {
  const { encoder } = open();
  const both = [encoder.encode("broken", { quick: true, signal }), encoder.encode("a", { quick: false, signal })];
  const [broken, fine] = await Promise.allSettled(both);
  expect(broken?.status).toBe("rejected");
  expect(fine?.status).toBe("fulfilled");
  await expect(encoder.encode("b", { quick: true, signal })).resolves.toEqual(Float32Array.of(1));
});

test("what nobody waits for any more is not read", async () => {
  const { encoder, runs } = open();
  const gone = AbortSignal.abort(new Error("gone"));
  await expect(encoder.encode("a", { quick: false, signal: gone })).rejects.toThrow("gone");
  expect(runs).toEqual([]);
});
