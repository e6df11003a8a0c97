import type { KnownItemOutcome } from "./known-item.js";
import { type KnownItemScores, quantile, scoreRanks } from "./known-item-scores.js";

/** The result of the known-item evaluation, as its last line has it. */
export interface KnownItemReport {
  readonly metric: "known-item";
  readonly overall: KnownItemScores;
  readonly style: Readonly<Record<string, KnownItemScores>>;
  readonly tier: Readonly<Record<string, KnownItemScores>>;
  readonly latencyMs: { readonly median: number; readonly p95: number };
}

/** Sums the outcomes up, overall and by the queries' style and tier, in the order of the file. */
export function reportKnownItems(outcomes: readonly KnownItemOutcome[]): KnownItemReport {
  const latencies = outcomes.map(({ latencyMs }) => latencyMs);
  return {
    metric: "known-item",
    overall: rounded(outcomes),
    style: scoreGroups(outcomes, ({ query }) => query.style),
    tier: scoreGroups(outcomes, ({ query }) => query.tier),
    latencyMs: { median: round(quantile(latencies, 0.5), 1), p95: round(quantile(latencies, 0.95), 1) },
  };
}

/** The rows of the table that a person reads. */
export function reportRows({ overall, style, tier }: KnownItemReport): string[][] {
  const row = ([name, scores]: [string, KnownItemScores]) => [
    name,
    `${scores.queries}`,
    ...[scores["success@1"], scores["success@10"], scores["success@100"], scores.mrr].map((value) => value.toFixed(3)),
  ];
  return [
    row(["all", overall]),
    ...Object.entries(style).map(([name, scores]) => row([`style ${name}`, scores])),
    ...Object.entries(tier).map(([name, scores]) => row([`tier ${name}`, scores])),
  ];
}

function scoreGroups(outcomes: readonly KnownItemOutcome[], nameOf: (outcome: KnownItemOutcome) => string) {
  const groups = Map.groupBy(outcomes, nameOf);
  return Object.fromEntries([...groups].map(([name, group]) => [name, rounded(group)]));
}

function rounded(outcomes: readonly KnownItemOutcome[]): KnownItemScores {
  const scores = scoreRanks(outcomes.map(({ rank }) => rank));
  return Object.fromEntries(Object.entries(scores).map(([name, value]) => [name, round(value, 4)])) as never;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
