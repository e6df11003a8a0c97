import type { Lane } from "./lane-room.js";

const LANES = ["interactive", "standard", "bulk"] as const;
/** What each lane is sure of while all of them have work: so many parts of 21 of what is done. */
const SHARES: Readonly<Record<Lane, number>> = { interactive: 16, standard: 4, bulk: 1 };

/** Long work of a lane without haste must not hold all places when something urgent comes. */
const PART_OF_PLACES: Readonly<Record<Lane, number>> = { interactive: 1, standard: 3 / 4, bulk: 1 / 4 };

interface Waiting {
  readonly since: number;
  readonly cost: number;
  readonly begin: () => void;
  readonly giveUp: (reason: Error) => void;
}

/**
 * Shares places to be worked on among the lanes. Each has a part of its own that no other can take, and what one leaves is shared by
 * the rest; within a lane whoever has waited longest is next, in whichever batch it came. So a request waits for a
 * bounded number of others, whatever else arrives, and nothing starves.
 */
export class LaneTurns {
  readonly #waiting: Record<Lane, Waiting[]> = { interactive: [], standard: [], bulk: [] };
  readonly #running: Record<Lane, number> = { interactive: 0, standard: 0, bulk: 0 };
  /** How much of its share a lane has had. The lane that has had least is next. */
  readonly #had: Record<Lane, number> = { interactive: 0, standard: 0, bulk: 0 };
  #reached = 0;
  readonly #places: () => number;

  /** @param places how many requests have their turn at once, now; at least 4 */
  constructor(places: () => number) {
    this.#places = places;
  }

  /** How many have their turn. */
  get running(): number {
    return LANES.reduce((sum, lane) => sum + this.#running[lane], 0);
  }

  /** How many of a lane have their turn or wait for it. */
  count(lane: Lane): number {
    return this.#running[lane] + this.#waiting[lane].length;
  }

  /**
   * Waits for a turn.
   *
   * @param since when the request began to wait, in milliseconds since the epoch
   * @param cost how much work it is; a match is 1
   * @returns what ends the turn
   * @throws the signal's reason
   */
  async take(lane: Lane, { since, cost, signal }: { since: number; cost: number; signal: AbortSignal }) {
    signal.throwIfAborted();
    const turn = Promise.withResolvers<void>();
    const waiting: Waiting = { since, cost, begin: turn.resolve, giveUp: turn.reject };
    const leave = () => {
      this.#remove(lane, waiting);
      turn.reject(signal.reason);
    };
    signal.addEventListener("abort", leave, { once: true });
    this.#insert(lane, waiting);
    this.#next();
    await turn.promise.finally(() => signal.removeEventListener("abort", leave));
    return () => {
      this.#running[lane]--;
      this.#next();
    };
  }

  /**
   * Whoever of the lane has waited longest waits no more.
   *
   * @param reason what its {@link take} throws
   * @returns false where nobody waits
   */
  giveWay(lane: Lane, reason: Error): boolean {
    const longest = this.#waiting[lane].shift();
    longest?.giveUp(reason);
    return longest !== undefined;
  }

  /** Oldest first. Most come in that order already. */
  #insert(lane: Lane, waiting: Waiting): void {
    const queue = this.#waiting[lane];
    // A lane that had nothing to do has not saved anything up meanwhile.
    if (queue.length === 0 && this.#running[lane] === 0) this.#had[lane] = Math.max(this.#had[lane], this.#reached);
    let at = queue.length;
    while (at > 0 && (queue[at - 1]?.since ?? 0) > waiting.since) at--;
    queue.splice(at, 0, waiting);
  }

  #remove(lane: Lane, waiting: Waiting): void {
    const at = this.#waiting[lane].indexOf(waiting);
    if (at >= 0) this.#waiting[lane].splice(at, 1);
  }

  #next(): void {
    while (this.running < this.#places()) {
      const lane = this.#dueLane();
      const next = lane && this.#waiting[lane].shift();
      if (lane === undefined || next === undefined) return;
      this.#running[lane]++;
      this.#reached = this.#had[lane];
      this.#had[lane] += next.cost / SHARES[lane];
      next.begin();
    }
  }

  #isFull(lane: Lane): boolean {
    return this.#running[lane] >= Math.floor(this.#places() * PART_OF_PLACES[lane]);
  }

  #dueLane(): Lane | undefined {
    let due: Lane | undefined;
    for (const lane of LANES) {
      if (this.#waiting[lane].length === 0 || this.#isFull(lane)) continue;
      if (due === undefined || this.#had[lane] < this.#had[due]) due = lane;
    }
    return due;
  }
}
