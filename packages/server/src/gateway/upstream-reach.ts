import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { callerGone, serverUnreached } from "./gateway-error.js";
import type { Upstream } from "./upstream.js";

/** More callers than these are told at once that the server is away. */
const MOST_WAITING = 1_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 500;

interface ReachLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** For whom a call is made, and how long it may take. */
export interface Waiting {
  readonly timeoutMs: number | undefined;
  /** The answer's connection, which closes when the caller is gone. */
  readonly answer: ServerResponse;
}

/**
 * Whether the gRPC server can be reached. Calls that come while it restarts wait for it. That is safe whatever a call
 * does, because nothing of it has been sent. A server that has been away for longer, or that was never there, makes
 * nobody wait, and neither does a crowd of callers.
 */
export class UpstreamReach {
  readonly #upstream: Upstream;
  readonly #absenceMs: number;
  readonly #log: ReachLog;
  #awaySince: number | undefined = Number.NEGATIVE_INFINITY;
  #return: Promise<boolean> | undefined;
  #waiting = 0;

  /** @param absenceMs for how long after its last sign of life calls wait for the server */
  constructor(upstream: Upstream, absenceMs: number, log: ReachLog) {
    this.#upstream = upstream;
    this.#absenceMs = absenceMs;
    this.#log = log;
  }

  /**
   * Resolves when there is a connection to send a call on, with how long that took, in milliseconds; rejects with what to
   * tell the caller.
   */
  async untilThere({ timeoutMs, answer }: Waiting): Promise<number> {
    const isAwaited = this.#return !== undefined && this.#isBrieflyAway();
    if (!isAwaited && (await this.#isThere())) return 0;
    if (!this.#isBrieflyAway() || this.#waiting >= MOST_WAITING) throw serverUnreached(this.#upstream.error());
    if (answer.destroyed) throw callerGone();
    const since = performance.now();
    const isOver = new AbortController();
    const { signal } = isOver;
    this.#return ??= this.#untilReturn();
    this.#waiting++;
    try {
      const isBack = await Promise.race([
        this.#return,
        once(answer, "close", { signal }).then(() => Promise.reject(callerGone())),
        // No one waits for longer than an absence anyway.
        sleep(Math.min(timeoutMs ?? this.#absenceMs, this.#absenceMs), false, { signal }),
      ]);
      if (!isBack) throw serverUnreached(this.#upstream.error());
    } finally {
      this.#waiting--;
      isOver.abort();
    }
    return performance.now() - since;
  }

  async #isThere(): Promise<boolean> {
    const isThere = (await this.#upstream.connect()) !== "error";
    const wasThere = this.#awaySince === undefined;
    if (isThere) this.#awaySince = undefined;
    else this.#awaySince ??= performance.now();
    if (wasThere && !isThere) this.#log.warn({ err: this.#upstream.error() }, "the gRPC server is away: calls wait");
    if (isThere && !wasThere) this.#log.info({ waiting: this.#waiting }, "the gRPC server is there");
    return isThere;
  }

  #isBrieflyAway(): boolean {
    return this.#awaySince !== undefined && performance.now() - this.#awaySince < this.#absenceMs;
  }

  /** One knocks for all who wait. */
  async #untilReturn(): Promise<boolean> {
    try {
      for (let pause = FIRST_PAUSE_MS; this.#isBrieflyAway(); pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
        await sleep(pause);
        if (await this.#isThere()) return true;
      }
      return this.#awaySince === undefined;
    } finally {
      this.#return = undefined;
    }
  }
}
