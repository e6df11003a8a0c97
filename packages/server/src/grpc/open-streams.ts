import { ErrorReason } from "@cinedeepmatch/contract";
import type { HandlerContext } from "@connectrpc/connect";
import { ServiceError } from "../matching/service-error.js";

const RETRY_AFTER_MS = 5_000;

/** How many streams each caller holds open. A stream costs memory for as long as its caller likes. */
export class OpenStreams {
  readonly #limit: number;
  readonly #open = new Map<string, number>();

  /** @param limit how many one caller may hold open */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many a caller holds open. */
  count(caller: string): number {
    return this.#open.get(caller) ?? 0;
  }

  /** Counts a call until it ends, when it is a stream. RATE_LIMITED when it is one too many. */
  admit({ method, signal }: Pick<HandlerContext, "method" | "signal">, caller: string): void {
    // A call that is over already would never be counted back.
    if (method.methodKind === "unary" || signal.aborted) return;
    const count = this.count(caller);
    if (count >= this.#limit) {
      throw new ServiceError(ErrorReason.RATE_LIMITED, `At most ${this.#limit} streams may be open at once.`, {
        metadata: { limit: "streams" },
        retryAfterMs: RETRY_AFTER_MS,
      });
    }
    this.#open.set(caller, count + 1);
    // Connect aborts the signal at the end of every call, however it ends.
    signal.addEventListener("abort", () => this.#release(caller), { once: true });
  }

  #release(caller: string): void {
    const rest = this.count(caller) - 1;
    if (rest <= 0) this.#open.delete(caller);
    else this.#open.set(caller, rest);
  }
}
