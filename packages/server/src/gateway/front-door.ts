import { LaneLimit } from "../limits/lane-limit.js";
import { type Lane, LaneRoom } from "../limits/lane-room.js";
import { LaneTurns } from "../limits/lane-turns.js";
import { callerGone, deadlinePassed, queueFull } from "./gateway-error.js";

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
 * rest here, where the lanes have their turns. A worker has eight places.
 */
const INSIDE = { most: 4_096, least: 6, start: 8, targetMs: 15 };

/**
 * Where matches wait that come faster than they are answered, and where they are refused when the wait becomes too long,
 * before anything is done for them. The gRPC server refuses as well, later and for itself; what is measured here is the
 * whole way there and back.
 */
export class FrontDoor {
  readonly #room = new LaneRoom();
  readonly #inside = new LaneLimit(INSIDE);
  readonly #turns = new LaneTurns(() => this.#inside.value);
  readonly #onRefused: OnRefused;

  constructor(onRefused: OnRefused = () => {}) {
    this.#onRefused = onRefused;
  }

  /**
   * Makes a call when there is room for it.
   *
   * @param timingOf the header `server-timing` of its answer, in which the gRPC server says how long the model worked
   * @throws GatewayError QUEUE_FULL, with the time to try again; or that the caller has gone or waits no more
   */
  async through<T>(caller: Caller, call: MakeCall<T>, timingOf: (answer: T) => unknown): Promise<T> {
    const { lane, timeoutMs = DEFAULT_TIMEOUT_MS } = caller;
    if (lane === undefined) return call(0);
    const retryAfterMs = this.#room.refusal(lane, Date.now() + timeoutMs);
    if (retryAfterMs !== undefined) {
      this.#onRefused(lane);
      throw queueFull(lane, retryAfterMs);
    }
    const leave = this.#room.enter(lane);
    let workMs: number | undefined;
    try {
      const { endTurn, waitedMs } = await this.#wait(lane, timeoutMs, caller.gone);
      const passedAt = performance.now();
      try {
        const answer = await call(waitedMs);
        workMs = workIn(timingOf(answer));
        return answer;
      } finally {
        if (workMs !== undefined) this.#inside.answered(performance.now() - passedAt - workMs, this.#turns.running);
        endTurn();
      }
    } finally {
      leave(workMs);
    }
  }

  async #wait(lane: Lane, timeoutMs: number, gone: AbortSignal): Promise<{ endTurn: () => void; waitedMs: number }> {
    const since = performance.now();
    const waiting = new AbortController();
    const giveUp = (reason: Error) => () => waiting.abort(reason);
    const timer = setTimeout(giveUp(deadlinePassed()), Math.min(timeoutMs, MAX_TIMER_MS));
    const leave = giveUp(callerGone());
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

function workIn(serverTiming: unknown): number | undefined {
  const found = /\bwork;dur=(\d+(?:\.\d+)?)/.exec(String(serverTiming));
  return found === null ? undefined : Number(found[1]);
}
