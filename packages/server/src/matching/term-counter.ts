import { fieldBits, mostOccurrences } from "./posting-list.js";
import { stem } from "./stem.js";
import type { Vocabulary } from "./vocabulary.js";

/** Few words are longer, and those come seldom. A long one that is cut out of a text would keep the text in memory. */
const LONGEST = 12;
const MOST_WORDS = 100_000;

/** Counts how often the terms of one document occur in each of its fields. */
export class TermCounter {
  readonly #vocabulary: Vocabulary;
  /** The terms of words: the same words come again and again. */
  readonly #known = new Map<string, number>();
  /** The terms of the document, in the order in which they were found. */
  #found: number[] = [];
  /** By term, its packed counts in the document; otherwise 0. */
  #counts = new Uint32Array(1024);

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  /** Counts a word of the document, once more in a field. The word is folded. */
  add(word: string, field: number): void {
    const id = this.#idOf(word);
    if (id >= this.#counts.length) {
      const counts = new Uint32Array(Math.max(id + 1, this.#counts.length * 2));
      counts.set(this.#counts);
      this.#counts = counts;
    }
    const packed = this.#counts[id] as number;
    if (packed === 0) this.#found.push(id);
    const shift = field * fieldBits;
    if (((packed >>> shift) & mostOccurrences) < mostOccurrences) this.#counts[id] = packed + 2 ** shift;
  }

  /**
   * Ends the document.
   *
   * @param each is given the number of each term and its packed counts
   * @returns the numbers of all terms
   */
  take(each: (id: number, packed: number) => void): Uint32Array {
    const found = Uint32Array.from(this.#found);
    for (const id of found) {
      each(id, this.#counts[id] as number);
      this.#counts[id] = 0;
    }
    this.#found = [];
    return found;
  }

  /** The number of a word's term, given now if it has none. */
  #idOf(word: string): number {
    const known = this.#known.get(word);
    if (known !== undefined) return known;
    const term = stem(word);
    if (word.length > LONGEST) return this.#vocabulary.id(term) ?? this.#vocabulary.add(copyOf(term));
    const id = this.#vocabulary.add(term);
    if (this.#known.size < MOST_WORDS) this.#known.set(word, id);
    return id;
  }
}

function copyOf(text: string): string {
  return Buffer.from(text).toString();
}
