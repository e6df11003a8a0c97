/** Uniform numbers from 0 up to 1. */
export type Random = () => number;

/** A generator that gives the same numbers for the same seed everywhere (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Normally distributed numbers (Box–Muller). */
export function normal(random: Random, deviation: number): number {
  return deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Puts the elements in random order, in place. */
export function shuffle<A extends { [index: number]: number; readonly length: number }>(array: A, random: Random): A {
  for (let last = array.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const kept = array[last] as number;
    array[last] = array[other] as number;
    array[other] = kept;
  }
  return array;
}
