import { setImmediate as nextTurn } from "node:timers/promises";

/** How long queries may follow each other before sockets and timers get their turn. */
const SLICE_MS = 5;

let sliceSince: number | undefined;

/**
 * Resolves when a query may begin. PGlite runs on this thread and its promises resolve without a turn of the event loop,
 * so that a sequence of queries would hold up every socket and timer from the first to the last. To wait for a turn before
 * each would hold up the queries instead: while the loop is busy, a turn takes longer than many of them.
 */
export async function takeTurn(): Promise<void> {
  while (sliceSince !== undefined && performance.now() - sliceSince > SLICE_MS) await nextTurn();
  if (sliceSince !== undefined) return;
  sliceSince = performance.now();
  setImmediate(() => {
    sliceSince = undefined;
  });
}
