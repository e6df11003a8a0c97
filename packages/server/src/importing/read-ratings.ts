import { join } from "node:path";
import type { BadRow, OnBytesRead } from "./import-row.js";
import { readCsv } from "./read-csv.js";

/** A user's rating of a movie of MovieLens. */
export interface MovieLensRating {
  readonly userId: string;
  /** The movie's id in MovieLens. */
  readonly movieId: string;
  /** From 0.5 to 5. */
  readonly stars: number;
  /** Seconds since 1970. */
  readonly time: number;
}

/** The file of a MovieLens folder that has the ratings. */
export function ratingsFile(folder: string): string {
  return join(folder, "ratings.csv");
}

/** Reads the ratings of a MovieLens folder (`ratings.csv`). */
export async function* readRatings(
  folder: string,
  onBytesRead?: OnBytesRead,
): AsyncGenerator<{ readonly row: number; readonly rating: MovieLensRating } | BadRow> {
  const columns = ["userId", "movieId", "rating", "timestamp"] as const;
  for await (const record of readCsv(ratingsFile(folder), columns, onBytesRead)) {
    if ("problem" in record) {
      yield record;
      continue;
    }
    const { row, fields } = record;
    const { userId, movieId } = fields;
    const [stars, time] = [toNumber(fields.rating), toNumber(fields.timestamp)];
    if (!/^\d{1,18}$/.test(userId)) yield { row, problem: "userId: is no whole number" };
    else if (!/^\d{1,18}$/.test(movieId)) yield { row, problem: "movieId: is no whole number" };
    else if (!(stars >= 0.5 && stars <= 5)) yield { row, problem: "rating: is not between 0.5 and 5" };
    else if (!(Number.isInteger(time) && time >= 0 && time < 1e11)) yield { row, problem: "timestamp: is no time" };
    else yield { row, rating: { userId, movieId, stars, time } };
  }
}

function toNumber(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}
