import { words } from "./tokenize.js";

/** Articles that people leave out, or put at the end, when they type a title. */
const articles = new Set(["the", "a", "an"]);

/** Titles written out in one way: folded, without articles and punctuation. "The Kid!" and "kid, the" are both "kid". */
export function titleKey(title: string): string {
  const all = words(title);
  const telling = all.filter((word) => !articles.has(word));
  return (telling.length > 0 ? telling : all).join(" ");
}

/** A movie whose title the query is. */
export interface TitleHit {
  readonly ordinal: number;
  /** 1 when the query also gives the right year or gives none; less when only the title without its year matches. */
  readonly strength: number;
}

/** Finds the movies of a title, whichever way it is typed, with or without the year after it. */
export class TitleIndex {
  readonly #ordinals = new Map<string, Set<number>>();
  readonly #documents = new Map<number, { keys: string[]; year: number | undefined }>();

  /** Adds a movie under its titles, or replaces the one with this ordinal. */
  upsert(ordinal: number, titles: readonly string[], year?: number): void {
    this.remove(ordinal);
    const keys = [...new Set(titles.map(titleKey))].filter((key) => key !== "");
    for (const key of keys) {
      const ordinals = this.#ordinals.get(key);
      if (ordinals === undefined) this.#ordinals.set(key, new Set([ordinal]));
      else ordinals.add(ordinal);
    }
    this.#documents.set(ordinal, { keys, year });
  }

  /** Removes a movie, if it is there. */
  remove(ordinal: number): void {
    for (const key of this.#documents.get(ordinal)?.keys ?? []) {
      const ordinals = this.#ordinals.get(key);
      ordinals?.delete(ordinal);
      if (ordinals?.size === 0) this.#ordinals.delete(key);
    }
    this.#documents.delete(ordinal);
  }

  /** The movies whose title is the whole query. */
  find(query: string): TitleHit[] {
    const key = titleKey(query);
    const whole = [...(this.#ordinals.get(key) ?? [])].map((ordinal) => ({ ordinal, strength: 1 }));
    const parted = /^(.+) (\d{4})$/.exec(key);
    if (parted === null) return whole;
    const [, title = "", year] = parted;
    const dated = [...(this.#ordinals.get(title) ?? [])].map((ordinal) => ({
      ordinal,
      strength: this.#documents.get(ordinal)?.year === Number(year) ? 1 : 0.5,
    }));
    return [...whole, ...dated];
  }
}
