import { bestFirst } from "./best-first.js";
import { fieldTexts, fieldWeights, type LexicalField, lexicalFields } from "./lexical-fields.js";
import type { MovieText } from "./movie-text.js";
import { fieldBits, mostOccurrences, PostingList } from "./posting-list.js";
import { TermCounter } from "./term-counter.js";
import { queryTokens, type Token, words } from "./tokenize.js";
import { Vocabulary } from "./vocabulary.js";

/** A document found. Scores compare within one search; they have no upper bound of their own. */
export interface LexicalHit {
  readonly ordinal: number;
  readonly score: number;
}

/** A word of the query that a document holds. */
export interface MatchedTerm {
  /** As it was typed. */
  readonly term: string;
  readonly field: LexicalField;
  /** Its part of the document's score, 0 to 1; all parts add up to 1. */
  readonly share: number;
}

/** A term to look for: which list, how much it counts, and the word that asked for it. */
interface Sought {
  readonly word: string;
  readonly list: PostingList;
  readonly weight: number;
}

/** Saturation: how soon more occurrences stop counting. */
const k1 = 1.2;
/** A corrected word may be the wrong one. */
const correctedWeight = 0.5;
const fieldCount = lexicalFields.length;
const weights = lexicalFields.map((field) => fieldWeights[field]);

/**
 * A BM25F index of movies, in memory. Documents are known by ordinals: small whole numbers that the caller gives out
 * (the rows of the item matrix). Adding, replacing and removing take effect at once and cost about a document's length.
 */
export class LexicalIndex {
  readonly #vocabulary = new Vocabulary();
  readonly #counter = new TermCounter(this.#vocabulary);
  readonly #lists: PostingList[] = [];
  /** For each document the numbers of its terms, to find it again when it goes. */
  readonly #documents: (Uint32Array | undefined)[] = [];
  #size = 0;
  #lengths = new Uint16Array(1024 * fieldCount);
  readonly #totals = new Float64Array(fieldCount);
  /** How many documents have something in each field: few have a note, and a rare field is no long one. */
  readonly #filled = new Float64Array(fieldCount);
  #scores = new Float32Array(1024);

  /** How many documents are indexed. */
  get size(): number {
    return this.#size;
  }

  /** Adds a movie, or replaces the one with this ordinal. */
  upsert(ordinal: number, movie: MovieText): void {
    this.remove(ordinal);
    this.#makeRoom(ordinal);
    for (const [field, text] of Object.values(fieldTexts(movie)).entries()) {
      const all = words(text);
      const length = Math.min(all.length, 65_535);
      this.#lengths[ordinal * fieldCount + field] = length;
      this.#totals[field] = (this.#totals[field] as number) + length;
      if (length > 0) this.#filled[field] = (this.#filled[field] as number) + 1;
      for (const word of all) this.#counter.add(word, field);
    }
    this.#documents[ordinal] = this.#counter.take((id, packed) => {
      this.#lists[id] ??= new PostingList();
      this.#lists[id].insert(ordinal, packed);
    });
    this.#size++;
  }

  /** Removes a document, if it is there. */
  remove(ordinal: number): void {
    const terms = this.#documents[ordinal];
    if (terms === undefined) return;
    for (const id of terms) this.#lists[id]?.delete(ordinal);
    for (let field = 0; field < fieldCount; field++) {
      const length = this.#lengths[ordinal * fieldCount + field] as number;
      this.#totals[field] = (this.#totals[field] as number) - length;
      if (length > 0) this.#filled[field] = (this.#filled[field] as number) - 1;
    }
    this.#documents[ordinal] = undefined;
    this.#size--;
  }

  /**
   * The best documents for a text, best first.
   *
   * @param accept - leaves out the ordinals for which it is false.
   */
  search(text: string, { limit, accept }: { limit: number; accept?: (ordinal: number) => boolean }): LexicalHit[] {
    const scores = this.#scores;
    const touched: number[] = [];
    for (const { list, weight } of this.#sought(text)) {
      const factor = weight * this.#rarity(list);
      for (let position = 0; position < list.size; position++) {
        const ordinal = list.ordinalAt(position);
        const before = scores[ordinal] as number;
        if (before === 0) touched.push(ordinal);
        scores[ordinal] = before + factor * this.#saturation(ordinal, list.countsAt(position));
      }
    }
    const accepted = accept === undefined ? touched : touched.filter(accept);
    const hits = bestFirst(accepted, scores, limit).map((ordinal) => ({ ordinal, score: scores[ordinal] as number }));
    for (const ordinal of touched) scores[ordinal] = 0;
    return hits;
  }

  /** The score of one document, the same number that `search` gives it; 0 when nothing matches. */
  score(text: string, ordinal: number): number {
    return this.#sought(text).reduce((sum, { list, weight }) => {
      const counts = list.countsOf(ordinal);
      return counts === 0 ? sum : sum + weight * this.#rarity(list) * this.#saturation(ordinal, counts);
    }, 0);
  }

  /** Which words of a text a document holds, in which fields, greatest share first. */
  explain(text: string, ordinal: number): MatchedTerm[] {
    const parts: MatchedTerm[] = [];
    for (const { word, list, weight } of this.#sought(text)) {
      const counts = list.countsOf(ordinal);
      if (counts === 0) continue;
      const score = weight * this.#rarity(list) * this.#saturation(ordinal, counts);
      const occurrences = this.#occurrences(ordinal, counts);
      for (const [field, name] of lexicalFields.entries()) {
        const part = this.#inField(ordinal, counts, field);
        if (part > 0) parts.push({ term: word, field: name, share: (score * part) / occurrences });
      }
    }
    const total = parts.reduce((sum, { share }) => sum + share, 0);
    return parts.map((part) => ({ ...part, share: part.share / total })).sort((a, b) => b.share - a.share);
  }

  #sought(text: string): Sought[] {
    return queryTokens(text).flatMap((token) => this.#lookUp(token));
  }

  #lookUp({ word, term }: Token): Sought[] {
    const id = this.#vocabulary.id(term);
    const list = id === undefined ? undefined : this.#lists[id];
    if (list !== undefined && list.size > 0) return [{ word, list, weight: 1 }];
    const near = this.#vocabulary.near(term).map((other) => this.#lists[other] as PostingList);
    const common = near.reduce<PostingList | undefined>(
      (a, b) => (a === undefined || b.size > a.size ? b : a),
      undefined,
    );
    return common === undefined || common.size === 0 ? [] : [{ word, list: common, weight: correctedWeight }];
  }

  /** Inverse document frequency. */
  #rarity(list: PostingList): number {
    return Math.log(1 + (this.size - list.size + 0.5) / (list.size + 0.5));
  }

  #saturation(ordinal: number, counts: number): number {
    const occurrences = this.#occurrences(ordinal, counts);
    return occurrences / (k1 + occurrences);
  }

  /** Weighted occurrences in all fields, discounted by their length. */
  #occurrences(ordinal: number, counts: number): number {
    let sum = 0;
    for (let field = 0; field < fieldCount; field++) {
      if (((counts >>> (field * fieldBits)) & mostOccurrences) !== 0) sum += this.#inField(ordinal, counts, field);
    }
    return sum;
  }

  #inField(ordinal: number, counts: number, field: number): number {
    const count = (counts >>> (field * fieldBits)) & mostOccurrences;
    if (count === 0) return 0;
    const { weight, b } = weights[field] as (typeof weights)[number];
    const average = (this.#totals[field] as number) / (this.#filled[field] as number);
    const length = this.#lengths[ordinal * fieldCount + field] as number;
    return (weight * count) / (1 - b + (b * length) / average);
  }

  #makeRoom(ordinal: number): void {
    if (ordinal < this.#scores.length) return;
    const capacity = Math.max(ordinal + 1, this.#scores.length * 2);
    const lengths = new Uint16Array(capacity * fieldCount);
    lengths.set(this.#lengths);
    this.#lengths = lengths;
    this.#scores = new Float32Array(capacity);
  }
}
