import { ErrorReason } from "@cinedeepmatch/contract";
import { type Lane, LaneRoom } from "../limits/lane-room.js";
import { LaneTurns } from "../limits/lane-turns.js";
import { PlacesLimit } from "../limits/places-limit.js";
import { callerGone, deadlinePassed, GatewayError, queueFull } from "./gateway-error.js";

/** Hears of the matches for which there is no room. */
export type OnRefused = (lane: Lane) => void;

/** A call that wants to pass the door. */
export interface Caller {
  /** Undefined for calls that wait in no lane, which always pass. */
  readonly lane: Lane | undefined;
  /** How long the caller waits, in milliseconds, where it says so. */
  readonly timeoutMs: number | undefined;
  /** Aborts when the caller has gone. */
  readonly gone: AbortSignal;
}

/** Makes a call that has waited for so long, in milliseconds. */
export type MakeCall<T> = (waitedMs: number) => Promise<T>;

const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_TIMER_MS = 2 ** 31 - 1;
/**
 * Inside, all lanes wait in the same places: sockets, the event loop, the database. So little of it happens there, and the
 * rest here, where the lanes have their turns.
 */
const PLACES = { start: 8, most: 4_096 };
/** How long somebody may wait at the door for a search. */
const INTERACTIVE_TARGET_MS = 4;

/**
 * Where matches wait that come faster than they are answered, and where they are refused when the wait becomes too long,
 * before anything is done for them. The gRPC server refuses as well, later and for itself.
 */
export class FrontDoor {
  readonly #room = new LaneRoom({ interactiveTargetMs: INTERACTIVE_TARGET_MS });
  readonly #places: PlacesLimit;
  readonly #turns = new LaneTurns(() => this.#places.value);
  readonly #onRefused: OnRefused;

  /** @param leastAtOnce how many pass at once in any case, of those who wait for an answer */
  constructor(leastAtOnce: number, onRefused: OnRefused = () => {}) {
    this.#places = new PlacesLimit({ ...PLACES, least: leastAtOnce });
    this.#onRefused = onRefused;
  }

  /**
   * Makes a call when there is room for it.
   *
   * @param timingOf the header `server-timing` of its answer, in which the gRPC server says that the model worked
   * @throws GatewayError QUEUE_FULL, with the time to try again; or that the caller has gone or waits no more
   */
  async through<T>(caller: Caller, call: MakeCall<T>, timingOf: (answer: T) => unknown): Promise<T> {
    const { lane, timeoutMs = DEFAULT_TIMEOUT_MS } = caller;
    if (lane === undefined) return call(0);
    this.#findRoom(lane, timeoutMs);
    const leave = this.#room.enter(lane);
    let insideMs: number | undefined;
    let isRefused = false;
    try {
      const { endTurn, waitedMs } = await this.#wait(lane, timeoutMs, caller.gone);
      const passedAt = performance.now();
      try {
        const answer = await call(waitedMs);
        const tookMs = performance.now() - passedAt;
        // What comes out of a cache is soon there, and says nothing of the others.
        if (hasWork(timingOf(answer))) this.#places.answered(tookMs, this.#turns.running, lane === "interactive");
        return answer;
      } finally {
        insideMs = performance.now() - passedAt;
        endTurn();
      }
    } catch (error) {
      isRefused = error instanceof GatewayError && error.reason === ErrorReason.QUEUE_FULL;
      throw error;
    } finally {
      leave(isRefused ? "refused" : insideMs);
      this.#keepRoom(lane);
    }
  }

  /**
   * Where the lane is full, somebody is refused: the one who comes, or, of those who are in haste, the one who has waited
   * longest. Under a flood that keeps those who are answered at the time that they need, and refuses no more of them.
   */
  #findRoom(lane: Lane, timeoutMs: number): void {
    const retryAfterMs = this.#room.refusal(lane, Date.now() + timeoutMs);
    if (retryAfterMs === undefined) return;
    this.#onRefused(lane);
    const refused = queueFull(lane, retryAfterMs);
    if (lane !== "interactive" || !this.#turns.giveWay(lane, refused)) throw refused;
  }

  /** Where the room has become less than those who are in haste take, they need not wait to hear of it. */
  #keepRoom(lane: Lane): void {
    if (lane !== "interactive") return;
    for (let surplus = this.#room.surplus(lane); surplus > 0; surplus--) {
      if (!this.#turns.giveWay(lane, queueFull(lane, this.#room.comeAgain(lane)))) return;
      this.#onRefused(lane);
    }
  }

  async #wait(lane: Lane, timeoutMs: number, gone: AbortSignal): Promise<{ endTurn: () => void; waitedMs: number }> {
    const since = performance.now();
    const waiting = new AbortController();
    const giveUp = (reason: () => Error) => () => waiting.abort(reason());
    const timer = setTimeout(giveUp(deadlinePassed), Math.min(timeoutMs, MAX_TIMER_MS));
    const leave = giveUp(callerGone);
    gone.addEventListener("abort", leave, { once: true });
    if (gone.aborted) leave();
    try {
      const endTurn = await this.#turns.take(lane, { since, cost: 1, signal: waiting.signal });
      return { endTurn, waitedMs: performance.now() - since };
    } finally {
      clearTimeout(timer);
      gone.removeEventListener("abort", leave);
    }
  }
}

function hasWork(serverTiming: unknown): boolean {
  return /\bwork;dur=\d/.test(String(serverTiming));
}
