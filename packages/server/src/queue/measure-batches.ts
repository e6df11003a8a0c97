import type { WorkerMeasurements } from "../matching/measurements.js";
import type { QueueBackend } from "./queue-backend.js";

/** A backend whose workers also tell of the batches that they work on. */
export function measureBatches(
  backend: QueueBackend,
  measurements: Pick<WorkerMeasurements, "batchEnded">,
): QueueBackend {
  return {
    ...backend,
    openWorker(lane, processor, concurrency) {
      const measured: typeof processor = async (...[job, ...rest]) => {
        const startedAt = performance.now();
        try {
          return await processor(job, ...rest);
        } finally {
          const seconds = (performance.now() - startedAt) / 1_000;
          measurements.batchEnded({ lane, requests: job.data.tickets.length, seconds });
        }
      };
      return backend.openWorker(lane, measured, concurrency);
    },
  };
}
