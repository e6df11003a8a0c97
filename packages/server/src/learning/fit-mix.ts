import type { HeldOut } from "./hold-out.js";
import type { LearningGoal } from "./learn-options.js";
import type { Mix, ValidationScore } from "./learned-model.js";
import type { NeighbourTable } from "./neighbours/neighbour-table.js";
import { addChannel } from "./neighbours/sum-channels.js";
import { hit, meanOf, ndcg, ranksOf } from "./ranks.js";
import { strengthOf } from "./tower/batch.js";

/** The parts that are mixed, and what they are mixed for. */
export interface MixInputs {
  readonly goal: LearningGoal;
  readonly cases: readonly HeldOut[];
  /** The tower's score of every movie for each case; movies from index 1. */
  readonly towerScores: readonly Float32Array[];
  /** Whether the tower has learned anything. */
  readonly hasTower: boolean;
  readonly transitions: NeighbourTable;
  readonly together: NeighbourTable;
  readonly maxEvents: number;
}

const SCALES = [0, 0.15, 0.25, 0.35, 0.5, 0.7, 1, 1.5, 2.5, 5];
const TRANSITION_DECAYS = { next: [0.5, 0.6, 0.7, 0.8, 0.95], rest: [0.8, 0.95, 1] };
const TOGETHER_SCALES = [0, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 1024];
const TOGETHER_DECAYS = [0.8, 0.95, 1];
/** Scores that count less than this are cut off: events so far back change nothing that matters. */
const LEAST = 1e-3;

/** How much an event of each distance counts. */
export function distanceWeights({ scale, decay }: { scale: number; decay: number }, maxEvents: number): Float32Array {
  const reach = decay >= 1 ? maxEvents : Math.min(maxEvents, 1 + Math.ceil(Math.log(LEAST) / Math.log(decay)));
  return Float32Array.from({ length: reach }, (_, back) => scale * decay ** back);
}

/**
 * Chooses how much each part counts, on cases that no part has seen: one share after the other, from a short list, the
 * one with the best NDCG. Parts that do not help get nothing. The tower, which is the part that can learn by heart what
 * will not come again, counts only where it helps beyond doubt: by more than twice the standard error of the difference.
 */
export function fitMix(inputs: MixInputs): Mix {
  const none: Mix = { tower: 0, transitions: { scale: 0, decay: 0.6 }, together: { scale: 0, decay: 0.95 } };
  if (!inputs.hasTower) return search(inputs, none, 2);
  const whole = search(inputs, { ...none, tower: 1 }, 2);
  const counted = search(inputs, { ...whole, tower: 0 }, 1);
  const [more, less] = [rankCases(inputs, mixedScores(inputs, whole)), rankCases(inputs, mixedScores(inputs, counted))];
  const { mean, standardError } = meanOf(more.gains.map((gain, index) => gain - (less.gains[index] as number)));
  return mean > 2 * standardError ? whole : counted;
}

function search(inputs: MixInputs, from: Mix, rounds: number): Mix {
  let mix = from;
  let best = scoreMix(inputs, mix).ndcg;
  const consider = (candidates: readonly Mix[]) => {
    for (const candidate of candidates) {
      const { ndcg: reached } = scoreMix(inputs, candidate);
      if (reached > best) [best, mix] = [reached, candidate];
    }
  };
  const pairs = (scales: readonly number[], decays: readonly number[]) =>
    scales.flatMap((scale) => decays.map((decay) => ({ scale, decay })));
  for (let round = 0; round < rounds; round++) {
    consider(pairs(SCALES, TRANSITION_DECAYS[inputs.goal]).map((transitions) => ({ ...mix, transitions })));
    consider(pairs(TOGETHER_SCALES, TOGETHER_DECAYS).map((together) => ({ ...mix, together })));
  }
  return mix;
}

/** How well a mix tells what was held out. */
export function scoreMix(inputs: MixInputs, mix: Mix): ValidationScore {
  return scoreCases(inputs, mixedScores(inputs, mix));
}

type CaseScores = (index: number, held: HeldOut) => Float32Array | Float64Array;

function mixedScores(inputs: MixInputs, mix: Mix): CaseScores {
  const channels = (["transitions", "together"] as const)
    .filter((name) => mix[name].scale > 0)
    .map((name) => ({ table: inputs[name], byDistance: distanceWeights(mix[name], inputs.maxEvents) }));
  return (index, { items, weights }) => {
    const told = inputs.towerScores[index] as Float32Array;
    const scores = mix.tower === 1 ? told.slice() : new Float32Array(told.length);
    const strengths = Float32Array.from(weights, strengthOf);
    for (const channel of channels) addChannel(channel, items, strengths, scores);
    return scores;
  };
}

/** How well any scores tell what was held out. */
export function scoreCases(inputs: Pick<MixInputs, "cases" | "goal">, scoresOf: CaseScores): ValidationScore {
  const { gains, hits } = rankCases(inputs, scoresOf);
  const { mean, standardError } = meanOf(gains);
  return { ndcg: mean, standardError, hit: meanOf(hits).mean };
}

function rankCases({ cases, goal }: Pick<MixInputs, "cases" | "goal">, scoresOf: CaseScores) {
  const [gains, hits]: [number[], number[]] = [[], []];
  for (const [index, held] of cases.entries()) {
    const scores = scoresOf(index, held);
    const isSeen = new Uint8Array(scores.length);
    for (const item of held.items) isSeen[item] = 1;
    for (const target of held.targets) isSeen[target] = 0;
    const ranks = ranksOf(scores, isSeen, held.targets);
    gains.push(ndcg(ranks, goal === "next" ? 10 : 100));
    hits.push(hit(ranks, 10));
  }
  return { gains, hits };
}
