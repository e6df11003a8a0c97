const CAPACITY = 10;
const COST = 1;
const REFUND = 0.1;

/**
 * Keeps retries a small part of all calls: a server in trouble must not get three times its usual load. Each retry
 * costs one token of ten, each success gives back a tenth of one.
 */
export class RetryBudget {
  #tokens = CAPACITY;

  /** Takes a token. Returns false where none is left. */
  spend(): boolean {
    if (this.#tokens < COST) return false;
    this.#tokens -= COST;
    return true;
  }

  /** Notes that a call succeeded. */
  refund(): void {
    this.#tokens = Math.min(CAPACITY, this.#tokens + REFUND);
  }
}
