import { create } from "@bufbuild/protobuf";
import { type Movie, type PersonCredit, PersonCreditSchema } from "@cinedeepmatch/contract";
import type { Page } from "../matching/catalog-store.js";
import { type CursorKeys, decodeCursor, pageOf } from "./cursor.js";

/** Where a page of a person's credits begins: the movie's year and id, and the credit's position in the movie. */
export interface CreditCursor {
  readonly year: number;
  readonly movieId: string;
  readonly position: number;
}

/** Reads the cursor of a person's credits; undefined for the first page. */
export function decodeCreditCursor(cursor: string | undefined): CreditCursor | undefined {
  const keys = decodeCursor(cursor, ["number", "string", "number"]);
  return keys && { year: keys[0], movieId: keys[1], position: keys[2] };
}

/**
 * A page of a person's credits.
 *
 * @param movies one more than the limit, from the cursor's movie on, which may have further credits of the person
 */
export function creditPage(
  personId: string,
  movies: readonly Movie[],
  after: CreditCursor | undefined,
  limit: number,
): Page<PersonCredit> {
  const credits = movies
    .flatMap((movie) => creditsOf(personId, movie))
    .filter(({ movie, position }) => movie.id !== after?.movieId || position > after.position);
  return pageOf(credits, limit, keysOf, ({ movie, credit }) => {
    const { id: movieId, title, releaseYear } = movie;
    return create(PersonCreditSchema, { movieId, title, releaseYear, credit });
  });
}

type FoundCredit = ReturnType<typeof creditsOf>[number];

function keysOf({ movie, position }: FoundCredit): CursorKeys {
  return [movie.releaseYear, movie.id, position];
}

function creditsOf(personId: string, movie: Movie) {
  return movie.credits.flatMap((credit, position) =>
    // Terms are in lower case, ids are not.
    credit.personId === personId ? [{ movie, credit, position }] : [],
  );
}
