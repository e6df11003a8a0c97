import type { MatchQueue, RunOptions } from "./match-queue.js";
import type { ReplyOf, Work } from "./match-work.js";
import type { Tracing } from "./tracing.js";

/** A queue whose requests are traced, if anything is: from here to the answer; workers go on with the same trace. */
export function traceQueue(queue: MatchQueue, tracing: Tracing | undefined): MatchQueue {
  if (tracing === undefined) return queue;
  return {
    checkRoom: (lane) => queue.checkRoom(lane),

    run<W extends Work>(work: W, options: RunOptions): Promise<ReplyOf<W>> {
      const { lane } = options;
      const span = {
        name: `queue ${work.kind}`,
        kind: "producer",
        attributes: { "cinedeepmatch.lane": lane },
      } as const;
      return tracing.run(span, ({ traceparent }) => queue.run(work, { ...options, trace: traceparent }));
    },
  };
}
