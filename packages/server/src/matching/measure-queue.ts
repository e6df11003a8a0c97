import { ErrorReason } from "@cinedeepmatch/contract";
import type { MatchQueue, RunOptions } from "./match-queue.js";
import type { ReplyOf, Work } from "./match-work.js";
import type { EndedRequest, QueueMeasurements } from "./measurements.js";
import { ServiceError } from "./service-error.js";

/** A queue that also tells how its requests fare. */
export function measureQueue(queue: MatchQueue, measurements: QueueMeasurements): MatchQueue {
  return {
    checkRoom(options) {
      try {
        queue.checkRoom(options);
      } catch (error) {
        const { lane } = options;
        measurements.requestBegan(lane);
        measurements.requestEnded({ lane, kind: "match", seconds: 0, outcome: outcomeOf(error) });
        throw error;
      }
    },

    async run<W extends Work>(work: W, options: RunOptions): Promise<ReplyOf<W>> {
      const startedAt = performance.now();
      const { lane } = options;
      const end = (ended: Pick<EndedRequest, "outcome" | "timings" | "encodedCount">) =>
        measurements.requestEnded({
          lane,
          kind: work.kind,
          seconds: (performance.now() - startedAt) / 1_000,
          ...ended,
        });
      measurements.requestBegan(lane);
      try {
        const reply = await queue.run(work, options);
        if (reply.kind === "match") end({ outcome: "ok", timings: reply.timings });
        else end({ outcome: "ok", encodedCount: reply.storedCount });
        return reply;
      } catch (error) {
        end({ outcome: outcomeOf(error, options.signal) });
        throw error;
      }
    },
  };
}

function outcomeOf(error: unknown, signal?: AbortSignal): string {
  if (error instanceof ServiceError) return ErrorReason[error.reason].toLowerCase();
  return signal?.aborted ? "cancelled" : "internal";
}
