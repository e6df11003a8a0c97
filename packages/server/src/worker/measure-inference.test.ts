import { expect, test } from "vitest";
import type { EndedInference } from "../matching/measurements.js";
import type { Inference, ScanRequest } from "../onnx/inference.js";
import { measureInference } from "./measure-inference.js";

test("every use of the model is told with its size, also when it fails", async () => {
  const ended: EndedInference[] = [];
  const inference = {
    dimension: 2,
    encode: async (texts: readonly string[]) => texts.map(() => new Float32Array(2)),
    scan: () => Promise.reject(new RangeError("wrong length")),
    close: async () => {},
  } as unknown as Inference;
  const measured = measureInference(inference, { inferenceEnded: (run) => void ended.push(run) });
  expect(await measured.encode(["a", "b", "c"])).toHaveLength(3);
  const request = { matrix: { dimension: 2 }, queries: new Float32Array(8), k: 1 } as ScanRequest;
  await expect(measured.scan(request)).rejects.toThrow("wrong length");
  expect(ended).toEqual([
    { operation: "encode", size: 3, seconds: expect.any(Number) },
    { operation: "scan", size: 4, seconds: expect.any(Number) },
  ]);
});
