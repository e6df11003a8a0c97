import type { SeededRandom } from "./seeded-random.js";

/** What goes wrong once, and how soon all has to be well again. */
export interface Scenario<Deployment> {
  readonly name: string;
  /** Hurts and heals. Calls `healed` when the cause is gone; until then nothing need work. */
  inject(deployment: Deployment, moment: Moment): Promise<void>;
  /** How long after the healing each operation may take to work, in milliseconds. */
  readonly recoveryMs: number;
  /** How long a match may take that was under way at the fault; only where a worker dies. */
  readonly inFlightMs?: number;
  /** Why it cannot be done here. */
  readonly unavailable?: string | undefined;
}

/** What a scenario says while it goes. */
export interface Moment {
  readonly random: SeededRandom;
  /** For how long the oldest match that is not answered yet has been waiting. */
  longestWaitMs(): number;
  healed(): void;
}
