import type { HeldOut } from "../../learning/hold-out.js";
import type { ItemTable } from "./item-table.js";

/** Something that gives every item a score for a history; items from index 1. */
export type Scorer = (held: Pick<HeldOut, "items">) => Float32Array | Float64Array;

/** The scores of one case after the other, so that never all are held. */
export function* eachScored(cases: readonly HeldOut[], scorer: Scorer): Generator<Float32Array | Float64Array> {
  for (const held of cases) yield scorer(held);
}

/** How often each item is in the sequences. */
export function popularity(sequences: readonly Int32Array[], items: number): Scorer {
  const counts = new Float64Array(items + 1);
  for (const sequence of sequences) for (const item of sequence) counts[item] = (counts[item] as number) + 1;
  return () => counts;
}

/** Steps that count as following, and how much less each further one counts: in the table and in the history. */
const [STEPS, DECAY] = [10, 0.8];
/** How many counts it takes to be believed. */
const DOUBT = 10;

/** Which items follow which within ten steps, as shares, added up over the last ten items: nothing is learned. */
export function markov(sequences: readonly Int32Array[], items: number): Scorer {
  const width = items + 1;
  const counts = new Float32Array(width * width);
  const totals = new Float64Array(width);
  for (const sequence of sequences) {
    for (const [place, item] of sequence.entries()) {
      for (let step = 1; step <= STEPS && place + step < sequence.length; step++) {
        const at = item * width + (sequence[place + step] as number);
        counts[at] = (counts[at] as number) + DECAY ** (step - 1);
        totals[item] = (totals[item] as number) + DECAY ** (step - 1);
      }
    }
  }
  return ({ items: history }) => {
    const scores = new Float64Array(width);
    for (let back = 0; back < Math.min(STEPS, history.length); back++) {
      const item = history[history.length - 1 - back] as number;
      const factor = DECAY ** back / ((totals[item] as number) + DOUBT);
      addRow(scores, counts, item * width, 0, factor);
    }
    return scores;
  };
}

/** EASE over the last `most` items of a history. @param weights of items - 1 rows, from `easeWeights` */
export function ease(weights: Float32Array, items: number, most = Number.POSITIVE_INFINITY): Scorer {
  return ({ items: history }) => {
    const scores = new Float64Array(items + 1);
    for (const item of history.slice(Math.max(0, history.length - most))) {
      addRow(scores, weights, (item - 1) * items, 1, 1);
    }
    return scores;
  };
}

/** How much each further item back counts less, as in the server without a learned model. */
const MEMORY = 0.95;

/** The items whose content is nearest to that of the history; no activity is learned from. */
export function contentNeighbours({ content, length, names }: ItemTable): Scorer {
  return ({ items: history }) => {
    const query = new Float64Array(length);
    for (const [place, item] of history.entries()) {
      const factor = MEMORY ** (history.length - 1 - place);
      for (let index = 0; index < length; index++) {
        query[index] = (query[index] as number) + factor * (content[item * length + index] as number);
      }
    }
    const scores = new Float64Array(names.length + 1);
    for (let item = 1; item <= names.length; item++) {
      let sum = 0;
      for (let index = 0; index < length; index++)
        sum += (query[index] as number) * (content[item * length + index] as number);
      scores[item] = sum;
    }
    return scores;
  };
}

/** Adds the part of a row that belongs to the items, which begins at `first` in the scores. */
function addRow(scores: Float64Array, table: Float32Array, from: number, first: number, factor: number): void {
  for (let item = first, at = from; item < scores.length; item++, at++) {
    scores[item] = (scores[item] as number) + factor * (table[at] as number);
  }
}
