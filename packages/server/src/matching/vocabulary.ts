/** Numbers the terms of an index and finds the nearest known ones to a word that was mistyped. */
export class Vocabulary {
  readonly #ids = new Map<string, number>();
  readonly #terms: string[] = [];
  /** Terms by first letter and length: a slip of the finger seldom changes the first, and changes the second by one. */
  readonly #shelves = new Map<string, number[]>();

  id(term: string): number | undefined {
    return this.#ids.get(term);
  }

  /** The number of a term, given now if it has none. Numbers count up from 0. */
  add(term: string): number {
    const known = this.#ids.get(term);
    if (known !== undefined) return known;
    const id = this.#terms.length;
    this.#ids.set(term, id);
    this.#terms.push(term);
    const shelf = this.#shelves.get(shelfOf(term));
    if (shelf === undefined) this.#shelves.set(shelfOf(term), [id]);
    else shelf.push(id);
    return id;
  }

  /** Terms one slip away (a letter more, less, other or swapped), for words of five letters or more. */
  near(term: string): number[] {
    if (term.length < 5) return [];
    const found: number[] = [];
    for (let length = term.length - 1; length <= term.length + 1; length++) {
      for (const id of this.#shelves.get(`${term[0]}${length}`) ?? []) {
        if (oneSlip(term, this.#terms[id] as string)) found.push(id);
      }
    }
    return found;
  }
}

const shelfOf = (term: string) => `${term[0]}${term.length}`;

function oneSlip(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  let i = 0;
  while (i < short.length && short[i] === long[i]) i++;
  if (short.length < long.length) return short.slice(i) === long.slice(i + 1);
  if (short.slice(i + 1) === long.slice(i + 1)) return true;
  return short[i] === long[i + 1] && short[i + 1] === long[i] && short.slice(i + 2) === long.slice(i + 2);
}
