import type { Closable } from "./teardown.js";

/** Something that is needed, and a cheap question that it answers. */
export interface Needed {
  readonly name: string;
  ask(): Promise<unknown>;
}

/** Tells whether everything that is needed answers. */
export interface ReachWatch extends Closable {
  readonly isReachable: boolean;
}

const EVERY_MS = 2_000;
/** One lost answer is no outage. */
const FAILURES = 2;

/** Asks everything that a server needs from time to time, for its readiness. */
export function watchReach(
  needed: readonly Needed[],
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void },
): ReachWatch {
  const failures = new Map<string, number>();
  const isAway = (name: string) => (failures.get(name) ?? 0) >= FAILURES;
  const ask = async ({ name, ask }: Needed) => {
    const wasAway = isAway(name);
    try {
      await ask();
      failures.delete(name);
      if (wasAway) log.info({ name }, "it answers again");
    } catch (err) {
      failures.set(name, (failures.get(name) ?? 0) + 1);
      if (!wasAway && isAway(name)) log.warn({ name, err }, "it does not answer; this server is not ready");
    }
  };
  let round: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    round = round.then(() => Promise.all(needed.map(ask)));
  }, EVERY_MS);
  timer.unref();
  return {
    get isReachable() {
      return !needed.some(({ name }) => isAway(name));
    },
    async close() {
      clearInterval(timer);
      await round;
    },
  };
}
