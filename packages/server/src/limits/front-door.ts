import { type Lane, LaneRoom } from "./lane-room.js";
import { LaneTurns } from "./lane-turns.js";
import { PlacesLimit } from "./places-limit.js";

/** Hears of the matches for which there is no room. */
export type OnRefused = (lane: Lane) => void;

/** What a {@link FrontDoor} is made of. */
export interface FrontDoorOptions {
  /** How many pass at once in any case, of those who wait for an answer. */
  readonly leastAtOnce: number;
  readonly errors: DoorErrors;
  readonly onRefused?: OnRefused;
}

/** What those are told who do not pass. */
export interface DoorErrors {
  /** @param retryAfterMs when to try again, in milliseconds from now */
  queueFull(lane: Lane, retryAfterMs: number): Error;
  callerGone(): Error;
  deadlinePassed(): Error;
}

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
 * before anything is done for them. The gateway has one, so that refusals cost the gRPC server nothing, and the gRPC server
 * another one, for what comes from several gateways and past them.
 */
export class FrontDoor {
  readonly #room = new LaneRoom({ interactiveTargetMs: INTERACTIVE_TARGET_MS });
  readonly #places: PlacesLimit;
  readonly #turns = new LaneTurns(() => this.#places.value);
  readonly #errors: DoorErrors;
  readonly #onRefused: OnRefused;
  /** What was said to those who gave way to others. */
  readonly #gaveWay = new WeakSet<object>();

  constructor({ leastAtOnce, errors, onRefused = () => {} }: FrontDoorOptions) {
    this.#places = new PlacesLimit({ ...PLACES, least: leastAtOnce });
    this.#errors = errors;
    this.#onRefused = onRefused;
  }

  /**
   * Makes a call when there is room for it.
   *
   * @param hasWork whether the model worked for an answer
   * @throws what the options say of a full lane, of a caller who has gone, and of one who waits no more
   */
  async through<T>(caller: Caller, call: MakeCall<T>, hasWork: (answer: T) => boolean): Promise<T> {
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
        if (hasWork(answer)) this.#places.answered(tookMs, this.#turns.running, lane === "interactive");
        return answer;
      } finally {
        insideMs = performance.now() - passedAt;
        endTurn();
      }
    } catch (error) {
      isRefused = this.#gaveWay.has(error as object);
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
    if (lane !== "interactive" || !this.#giveWay(lane, retryAfterMs)) throw this.#errors.queueFull(lane, retryAfterMs);
  }

  /** Where the room has become less than those who are in haste take, they need not wait to hear of it. */
  #keepRoom(lane: Lane): void {
    if (lane !== "interactive") return;
    while (this.#turns.count(lane) > this.#room.size(lane) && this.#giveWay(lane, this.#room.comeAgain(lane))) {
      this.#onRefused(lane);
    }
  }

  #giveWay(lane: Lane, retryAfterMs: number): boolean {
    const refused = this.#errors.queueFull(lane, retryAfterMs);
    this.#gaveWay.add(refused);
    return this.#turns.giveWay(lane, refused);
  }

  async #wait(lane: Lane, timeoutMs: number, gone: AbortSignal): Promise<{ endTurn: () => void; waitedMs: number }> {
    const since = performance.now();
    const waiting = new AbortController();
    const giveUp = (reason: () => Error) => () => waiting.abort(reason());
    const timer = setTimeout(giveUp(this.#errors.deadlinePassed), Math.min(timeoutMs, MAX_TIMER_MS));
    const leave = giveUp(this.#errors.callerGone);
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
