import type { EndedInference, WorkerMeasurements } from "../matching/measurements.js";
import type { Inference } from "../onnx/inference.js";

/** Inference that also tells how it is used. */
export function measureInference(
  inference: Inference,
  measurements: Pick<WorkerMeasurements, "inferenceEnded">,
): Inference {
  const measure = async <T>(
    operation: EndedInference["operation"],
    size: number,
    run: () => Promise<T>,
  ): Promise<T> => {
    const startedAt = performance.now();
    try {
      return await run();
    } finally {
      measurements.inferenceEnded({ operation, size, seconds: (performance.now() - startedAt) / 1_000 });
    }
  };
  return {
    dimension: inference.dimension,
    encode: (texts, options) => measure("encode", texts.length, () => inference.encode(texts, options)),
    scan(request, options) {
      const size = request.queries.length / request.matrix.dimension;
      return measure("scan", size, () => inference.scan(request, options));
    },
    close: () => inference.close(),
  };
}
