/** What the facts of a movie are made of. */
export interface FactsOfMovie {
  /** 0 when unknown. */
  readonly releaseYear: number;
  readonly genres: readonly string[];
}

/** The years that a movie is told to be near to. */
const [FIRST_YEAR, YEAR_STEP, YEARS] = [1890, 5, 32];
/** So many years away a movie is no longer near. */
const NEAR = 10;
/** Genres have any names, and each has two of so many places, so that hardly any two genres are the same. */
const GENRES = 64;

/** Length of the facts of a movie. */
export const FACTS = YEARS + GENRES;

/**
 * What a movie's record says that its text vector knows only dimly, in numbers: first how near its year is to 1890, 1895, …
 * 2045 (`exp(-|years| / 10)`, all 0 where it is unknown), then for each genre a 1 in the two places that the FNV-1a hash of
 * its name in small letters gives, by its lower and its upper half. Models that were made with these numbers depend on
 * them: they never change.
 */
export function movieFacts({ releaseYear, genres }: FactsOfMovie): Float32Array {
  const facts = new Float32Array(FACTS);
  for (let place = 0; releaseYear > 0 && place < YEARS; place++) {
    facts[place] = Math.exp(-Math.abs(releaseYear - FIRST_YEAR - place * YEAR_STEP) / NEAR);
  }
  for (const genre of genres) {
    const sum = hash(genre.toLowerCase());
    for (const half of [sum & 0xffff, sum >>> 16]) facts[YEARS + (half % GENRES)] = 1;
  }
  return facts;
}

function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
  return sum;
}
