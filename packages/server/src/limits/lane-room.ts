import { LaneLimit } from "./lane-limit.js";

/** How soon an answer is needed. */
export type Lane = "interactive" | "standard" | "bulk";

type PerLane<T> = Readonly<Record<Lane, T>>;

const MOST_PENDING: PerLane<number> = { interactive: 1_024, standard: 2_048, bulk: 4_096 };
/** What a moment may bring before it is known how fast it is answered. */
const START_PENDING: PerLane<number> = { interactive: 32, standard: 128, bulk: 128 };
/** How long a match may wait before its lane takes fewer. Whoever has a moment chooses another lane. */
const TARGET_MS: PerLane<number> = { interactive: 25, standard: 1_000, bulk: 5_000 };
/** So many are taken in any case: callers who come again with each answer need no limit, being so few. */
const LEAST_PENDING = 8;
/** And so many in a flood, which is no such few. */
const LEAST_IN_FLOOD = 4;
const RETRY_MS = { least: 100, most: 10_000 } as const;
/** How far apart answers are taken to be before it is known. */
const USUALLY_EVERY_MS = 10;

/**
 * Gives the place in the lane back.
 *
 * @param workMs how much of the time since it did not wait; `refused` where it gave way to another, and left out where its
 *   turn never came or it was not answered
 */
export type Leave = (workMs?: number | "refused") => void;

/** What is not as usual in a {@link LaneRoom}. */
export interface LaneRoomOptions {
  /** How many of each lane may wait at once, however fast they are answered. */
  readonly mostPending?: PerLane<number>;
  /** How long an interactive request may wait before its lane takes fewer, in milliseconds. */
  readonly interactiveTargetMs?: number;
}

/** How many requests of each lane may wait for an answer, and what those are told for whom there is no room. */
export class LaneRoom {
  readonly #targetMs: PerLane<number>;
  readonly #limits: PerLane<LaneLimit>;
  readonly #pending: Record<Lane, number> = { interactive: 0, standard: 0, bulk: 0 };
  readonly #emptySince: Record<Lane, number> = { interactive: 0, standard: 0, bulk: 0 };
  /** When those who were refused have all come again, if they come when they were told to. */
  readonly #promised: Record<Lane, number> = { interactive: 0, standard: 0, bulk: 0 };

  constructor({ mostPending = MOST_PENDING, interactiveTargetMs = TARGET_MS.interactive }: LaneRoomOptions = {}) {
    this.#targetMs = { ...TARGET_MS, interactive: interactiveTargetMs };
    const limit = (lane: Lane) => {
      const most = mostPending[lane];
      return new LaneLimit({
        most,
        least: Math.min(LEAST_PENDING, most),
        leastInFlood: Math.min(LEAST_IN_FLOOD, most),
        start: Math.min(START_PENDING[lane], most),
        targetMs: this.#targetMs[lane],
      });
    };
    this.#limits = { interactive: limit("interactive"), standard: limit("standard"), bulk: limit("bulk") };
  }

  /**
   * When to try again, in milliseconds from now; undefined where there is room.
   *
   * @param deadline when nobody waits for the answer any more, in milliseconds since the epoch
   */
  refusal(lane: Lane, deadline: number): number | undefined {
    const pending = this.#pending[lane];
    const limit = this.#limits[lane];
    const expectedMs = limit.expectedMs(pending);
    // What would be too late when its turn comes is better refused now.
    if (pending < limit.value && (expectedMs === undefined || Date.now() + expectedMs < deadline)) return undefined;
    limit.refused();
    return this.comeAgain(lane);
  }

  /** How many of a lane may wait now. */
  size(lane: Lane): number {
    return this.#limits[lane].value;
  }

  /** When somebody should try again who gives way, in milliseconds from now. */
  comeAgain(lane: Lane): number {
    return this.#promise(lane, this.#limits[lane].expectedMs(this.#pending[lane]) ?? RETRY_MS.least);
  }

  /** To each another time, as far apart as answers are: those who come again find room. */
  #promise(lane: Lane, waitMs: number): number {
    const now = Date.now();
    const inMs = Math.max(waitMs, RETRY_MS.least, this.#promised[lane] - now);
    this.#promised[lane] = now + Math.min(inMs + (this.#limits[lane].expectedMs(1) ?? USUALLY_EVERY_MS), RETRY_MS.most);
    return Math.ceil(Math.min(inMs, RETRY_MS.most) * (0.9 + Math.random() / 5));
  }

  /** Takes a place. */
  enter(lane: Lane): Leave {
    const enteredAt = performance.now();
    if (this.#pending[lane]++ === 0) this.#limits[lane].wasIdle(enteredAt - this.#emptySince[lane]);
    return (workMs) => {
      const pending = this.#pending[lane]--;
      const leftAt = performance.now();
      if (pending === 1) this.#emptySince[lane] = leftAt;
      const passedMs = leftAt - enteredAt;
      // Whoever gave up soon has learnt nothing; whoever gave up late has waited for at least so long.
      if (workMs === "refused" || (workMs === undefined && passedMs <= this.#targetMs[lane])) return;
      this.#limits[lane].answered(passedMs - (workMs ?? 0), pending);
    };
  }
}
