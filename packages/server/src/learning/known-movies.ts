import type { Histories } from "./activity.js";
import type { Movies } from "./read-movies.js";
import { sharedFloats } from "./tower/shared-array.js";

/** Movies with activity, those without, and the histories by what the former are now numbered. */
export interface Sorted {
  readonly known: Movies;
  readonly unknown: Movies;
  readonly histories: Histories;
}

/** Sorts out the movies with activity: those that a model can know something of beyond their content. */
export function sortMovies(movies: Movies, histories: Histories): Sorted {
  const isActive = new Uint8Array(movies.ids.length + 1);
  for (const item of histories.items) isActive[item] = 1;
  const all = Array.from(movies.ids.keys(), (place) => place + 1);
  const active = all.filter((movie) => isActive[movie] === 1);
  const index = new Int32Array(movies.ids.length + 1);
  for (const [place, movie] of active.entries()) index[movie] = place + 1;
  const items = Int32Array.from(histories.items, (item) => index[item] as number);
  const idle = all.filter((movie) => isActive[movie] === 0);
  return { known: only(movies, active), unknown: only(movies, idle), histories: { ...histories, items } };
}

/** One after the other. */
export function joinMovies(first: Movies, then: Movies): Movies {
  const join = (a: Float32Array, b: Float32Array) => {
    const width = b.length / (then.ids.length + 1);
    const rows = sharedFloats(a.length + b.length - width);
    rows.set(a);
    rows.set(b.subarray(width), a.length);
    return rows;
  };
  return {
    ids: [...first.ids, ...then.ids],
    content: join(first.content, then.content),
    facts: join(first.facts, then.facts),
  };
}

function only({ ids, content, facts }: Movies, kept: readonly number[]): Movies {
  const pick = (table: Float32Array) => {
    const length = table.length / (ids.length + 1);
    const rows = sharedFloats((kept.length + 1) * length);
    for (const [place, movie] of kept.entries()) {
      rows.set(table.subarray(movie * length, (movie + 1) * length), (place + 1) * length);
    }
    return rows;
  };
  return { ids: kept.map((movie) => ids[movie - 1] as string), content: pick(content), facts: pick(facts) };
}
