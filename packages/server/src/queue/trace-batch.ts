import type { Lane } from "../matching/match-queue.js";
import type { Tracing } from "../matching/tracing.js";
import type { SealedTicket } from "./batch-job.js";

/** What came off the queue together. */
interface Batch {
  readonly lane: Lane;
  readonly queuedAt: number;
  readonly tickets: readonly SealedTicket[];
}

/**
 * Runs the tickets of a batch, each as part of its request's trace. The batch is part of as many traces as it has
 * requests, and so of none: it has one of its own, whose span names those of the requests and is named by them.
 */
export function traceBatch<T>(
  tracing: Tracing | undefined,
  { lane, queuedAt, tickets }: Batch,
  run: (ticket: SealedTicket) => Promise<T>,
): Promise<T[]> {
  if (tracing === undefined) return Promise.all(tickets.map(run));
  const links = tickets.flatMap(({ trace }) => trace ?? []);
  const attributes = {
    "cinedeepmatch.lane": lane,
    "cinedeepmatch.batch.requests": tickets.length,
    "cinedeepmatch.batch.queue_ms": Math.max(0, Date.now() - queuedAt),
  };
  const span = { name: "batch", kind: "consumer", parent: null, links, attributes } as const;
  return tracing.run(span, ({ traceparent }) => {
    const work = { name: "work", kind: "consumer", links: [traceparent] } as const;
    return Promise.all(
      tickets.map((ticket) => tracing.run({ ...work, parent: ticket.trace ?? null }, () => run(ticket))),
    );
  });
}
