import type { Logger } from "./logger.js";
import type { RetryBudget } from "./retry-budget.js";
import type { TokenSource } from "./token-source.js";

/** How a client makes its calls. */
export interface CallPolicy {
  readonly tokens: TokenSource;
  readonly budget: RetryBudget;
  /** For unary calls, in milliseconds; 0 for none. */
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly logger: Logger | undefined;
}
