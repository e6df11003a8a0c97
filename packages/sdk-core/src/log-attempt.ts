import type { DescMethod } from "@bufbuild/protobuf";
import type { CineDeepMatchError } from "./error.js";
import type { Logger } from "./logger.js";

/** Logs how an attempt ended. */
export function logAttempt(
  logger: Logger | undefined,
  method: DescMethod,
  startedAt: number,
  error?: CineDeepMatchError,
): void {
  const durationMs = Math.round(performance.now() - startedAt);
  logger?.debug("cinedeepmatch: attempt", { ...outcome(method, error), durationMs });
}

/** Logs that a call will be tried again. */
export function logRetry(
  logger: Logger | undefined,
  method: DescMethod,
  error: CineDeepMatchError,
  delayMs: number,
): void {
  logger?.warn("cinedeepmatch: retry", { ...outcome(method, error), delayMs: Math.round(delayMs) });
}

function outcome(method: DescMethod, error: CineDeepMatchError | undefined) {
  const name = `${method.parent.typeName}/${method.name}`;
  if (error === undefined) return { method: name, code: "ok" };
  return { method: name, code: error.code, reason: error.reason, requestId: error.requestId };
}
