import type { TrafficSummary } from "./traffic.js";

/** Fewer matches say nothing about failures, and these nothing about times. */
const LEAST_FOR_FAILURES = 20;
const LEAST_FOR_TIMES = 50;
const MOST_FAILURES = 0.05;
/** A model may take this much longer than the one it stands beside before it is called slow. */
const TIMES_SLOWER = 2;
const SLOWER_BY_MS = 50;

/** Why a model should be taken back for its failures; undefined when it should not. */
export function judgeFailures(model: TrafficSummary, beside: TrafficSummary): string | undefined {
  const rate = model.failures / (model.matches || 1);
  const usual = beside.failures / (beside.matches || 1);
  const failing = model.matches >= LEAST_FOR_FAILURES && rate > MOST_FAILURES && rate > 2 * usual;
  return failing ? `${model.failures} of ${model.matches} matches failed` : undefined;
}

/**
 * Why a model should be taken back for its failures or its times; undefined when it should not.
 *
 * @param beside how the model fared that answered others at the same time
 */
export function judgeBeside(model: TrafficSummary, beside: TrafficSummary): string | undefined {
  const failing = judgeFailures(model, beside);
  if (failing !== undefined) return failing;
  const enough = Math.min(model.matches - model.failures, beside.matches - beside.failures) >= LEAST_FOR_TIMES;
  if (!enough || model.p95Ms <= TIMES_SLOWER * beside.p95Ms + SLOWER_BY_MS) return undefined;
  return `95 of 100 matches took up to ${Math.round(model.p95Ms)} ms, and ${Math.round(beside.p95Ms)} ms beside it`;
}
