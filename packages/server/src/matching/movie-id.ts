import { createHash } from "node:crypto";
import { slug } from "./slug.js";

const MAX_LENGTH = 120;

/**
 * The id of a movie whose creator gave none: title and year, for example `finding-nemo-2003`. Ids are ASCII, so a
 * title in another script is represented by a digest.
 */
export function movieIdOf(movie: { readonly title: string; readonly releaseYear: number }): string {
  const readable = slug(movie.title)
    .replace(/[^a-z0-9-]+/g, "")
    .replace(/^-+|-+$/g, "");
  const base = readable || createHash("sha256").update(movie.title).digest("hex").slice(0, 12);
  const year = movie.releaseYear > 0 ? `-${movie.releaseYear}` : "";
  return base.slice(0, MAX_LENGTH - year.length) + year;
}
