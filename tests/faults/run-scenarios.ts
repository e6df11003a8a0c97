import { setTimeout as sleep } from "node:timers/promises";
import { checkHistory, type Violation } from "./check-history.js";
import { TIMEOUT_MS } from "./clients.js";
import type { Deployment } from "./deployment.js";
import type { History, Operation } from "./history.js";
import type { Scenario } from "./scenario.js";
import type { SeededRandom } from "./seeded-random.js";
import { readStored, startWorkload, untilEncoded, untilRecovered } from "./workload.js";

/** What one scenario came to. Times in milliseconds; undefined for what did not work again in time. */
export interface ScenarioResult {
  readonly name: string;
  /** From the first blow to the healing. */
  readonly hurtMs: number;
  /** From the healing to the first success of each operation. */
  readonly recovery: Readonly<Record<Operation, number | undefined>>;
  /** The longest wait of a match that was under way while the fault lasted, and was answered. */
  readonly inFlightMs: number;
  readonly counts: { readonly ok: number; readonly fail: number; readonly unknown: number };
  /** What was promised and not kept. */
  readonly broken: readonly string[];
}

const WARM_UP_MS = 2_000;
const SETTLE_MS = 1_000;
const PATIENCE_MS = 60_000;

/** Runs one scenario under load and checks everything that the stores hold after it. */
export async function runScenario<D extends Deployment>(
  scenario: Scenario<D>,
  parts: { deployment: D; history: History; random: SeededRandom },
): Promise<ScenarioResult> {
  const { deployment, history, random } = parts;
  const from = history.attempts.length;
  const workload = startWorkload(deployment, history, random);
  await sleep(WARM_UP_MS + random.between(0, 500));
  const hurtAt = Date.now();
  let healedAt = hurtAt;
  history.note({ scenario: scenario.name });
  try {
    await scenario.inject(deployment, {
      random,
      longestWaitMs: () => longestWait(history),
      healed() {
        healedAt = Date.now();
        history.note({ scenario: scenario.name, healed: true });
      },
    });
    const ends = await untilRecovered(history, healedAt, PATIENCE_MS);
    await sleep(SETTLE_MS);
    const since = (at: number | undefined) => (at === undefined ? undefined : at - healedAt);
    const recovery = { event: since(ends.event), movie: since(ends.movie), match: since(ends.match) };
    await workload.stop();
    const attempts = history.attempts.slice(from);
    const count = (wanted: string) => attempts.filter(({ outcome }) => outcome === wanted).length;
    const inFlightMs = longestInFlight(history, from, { hurtAt, healedAt });
    const broken = [
      ...slowRecoveries(scenario, recovery),
      ...(scenario.inFlightMs !== undefined && inFlightMs > scenario.inFlightMs
        ? [`a match under way took ${inFlightMs} ms`]
        : []),
      ...describe(await checkStored(parts)),
    ];
    const counts = { ok: count("ok"), fail: count("fail"), unknown: count("unknown") };
    return { name: scenario.name, hurtMs: healedAt - hurtAt, recovery, inFlightMs, counts, broken };
  } finally {
    await workload.stop();
  }
}

/** Compares the whole history with the stores, and sees to it that nothing waits for its vector for ever. */
async function checkStored({ deployment, history }: { deployment: Deployment; history: History }) {
  const encoded = await untilEncoded(deployment, PATIENCE_MS);
  const violations = checkHistory(history, await readStored(deployment), TIMEOUT_MS);
  const late: Violation = { kind: "lost write", detail: "movies that never got their vector" };
  return encoded ? violations : [...violations, late];
}

function longestWait({ attempts }: History): number {
  const open = attempts.filter(({ operation, endedAt }) => operation === "match" && endedAt === undefined);
  return Date.now() - Math.min(Date.now(), ...open.map(({ invokedAt }) => invokedAt));
}

function longestInFlight(
  { attempts }: History,
  from: number,
  { hurtAt, healedAt }: { hurtAt: number; healedAt: number },
): number {
  const waits = attempts
    .slice(from)
    .filter(({ operation, outcome }) => operation === "match" && outcome === "ok")
    .filter(({ invokedAt, endedAt = 0 }) => invokedAt <= healedAt + 100 && endedAt >= hurtAt)
    .map(({ invokedAt, endedAt = 0 }) => endedAt - invokedAt);
  return Math.max(0, ...waits);
}

function slowRecoveries(scenario: Scenario<never>, recovery: ScenarioResult["recovery"]): string[] {
  return Object.entries(recovery)
    .filter(([, ms]) => ms === undefined || ms > scenario.recoveryMs)
    .map(([operation, ms]) => `${operation} worked again after ${ms ?? "more than 60,000"} ms`);
}

function describe(violations: readonly Violation[]): string[] {
  const shown = violations.slice(0, 5).map(({ kind, detail }) => `${kind}: ${detail}`);
  return violations.length > shown.length ? [...shown, `and ${violations.length - shown.length} more`] : shown;
}
