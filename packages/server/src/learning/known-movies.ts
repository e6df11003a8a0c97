import type { Histories } from "./activity.js";
import type { Movies } from "./read-movies.js";
import { sharedFloats } from "./tower/shared-array.js";

/** Only the movies with activity: those that a model can know something of beyond their content. */
export function keepActive(
  movies: Movies,
  histories: Histories,
  length: number,
): { movies: Movies; histories: Histories } {
  const isActive = new Uint8Array(movies.ids.length + 1);
  for (const item of histories.items) isActive[item] = 1;
  const index = new Int32Array(movies.ids.length + 1);
  const kept: string[] = [];
  for (const [place, id] of movies.ids.entries()) {
    if (isActive[place + 1] === 1) index[place + 1] = kept.push(id);
  }
  const content = sharedFloats((kept.length + 1) * length);
  for (const [from, to] of index.entries()) {
    if (to > 0) content.set(movies.content.subarray(from * length, (from + 1) * length), to * length);
  }
  const items = Int32Array.from(histories.items, (item) => index[item] as number);
  return { movies: { ids: kept, content }, histories: { ...histories, items } };
}
