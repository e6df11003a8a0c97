import { create } from "@bufbuild/protobuf";
import { type Person, type PersonCredit, PersonSchema } from "@cinedeepmatch/contract";
import type { Filter } from "mongodb";
import type { CursorQuery, Page, PersonListQuery } from "../../matching/catalog-store.js";
import { decodeCursor, pageOf } from "../cursor.js";
import { creditPage, decodeCreditCursor } from "../person-credits.js";
import { storableIds } from "../storable-ids.js";
import type { CatalogReader } from "./catalog-reader.js";
import { keyOf } from "./document-keys.js";
import type { MovieDocument, PersonDocument } from "./documents.js";
import { MOVIE_FIELDS, movieOf } from "./movie-document.js";
import { readDocuments } from "./read-documents.js";
import { personTermFilter, wordPrefixFilters } from "./term-filter.js";

const PERSON_FIELDS = { id: 1, displayName: 1, creditCount: 1 } as const;

/** The people with these ids. */
export async function getPeople(
  { collections, traits }: CatalogReader,
  tenant: string,
  ids: readonly string[],
): Promise<Map<string, Person>> {
  const keys = storableIds(ids).map((id) => keyOf(tenant, id));
  const documents = await readDocuments(collections.people, keys, PERSON_FIELDS, traits);
  const people = documents.filter(({ id }) => id !== undefined).map(personOf);
  return new Map(people.map((person) => [person.id, person]));
}

/** A page of people, those with the most credits first. */
export async function listPeople(
  { collections }: CatalogReader,
  tenant: string,
  query: PersonListQuery,
): Promise<Page<Person>> {
  const documents = await collections.people
    .find(personListFilter(tenant, query), {
      projection: PERSON_FIELDS,
      sort: { creditCount: -1, id: 1 },
      limit: query.limit + 1,
    })
    .toArray();
  return pageOf(documents, query.limit, ({ creditCount = 0, id = "" }) => [creditCount, id], personOf);
}

/** What a list of people asks MongoDB for. */
function personListFilter(tenant: string, query: PersonListQuery): Filter<PersonDocument> {
  const conditions = wordPrefixFilters(query.nameQuery);
  const after = decodeCursor(query.cursor, ["number", "string"]);
  if (after !== undefined) {
    const [creditCount, id] = after;
    conditions.push({ $or: [{ creditCount: { $lt: creditCount } }, { creditCount, id: { $gt: id } }] });
  }
  return { tenant, ...(conditions.length > 0 && { $and: conditions }) };
}

/** A page of a person's credits, newest movie first. */
export async function listPersonCredits(
  { collections }: CatalogReader,
  tenant: string,
  personId: string,
  query: CursorQuery,
): Promise<Page<PersonCredit>> {
  const after = decodeCreditCursor(query.cursor);
  const filter: Filter<MovieDocument> = { tenant, ...personTermFilter(personId) };
  if (after !== undefined) {
    const { year, movieId } = after;
    filter.$or = [{ releaseYear: { $lt: year } }, { releaseYear: year, id: { $gte: movieId } }];
  }
  const documents = await collections.movies
    .find(filter, {
      projection: MOVIE_FIELDS,
      sort: { releaseYear: -1, id: 1 },
      // Each movie has at least one of the person's credits.
      limit: query.limit + 1,
    })
    .toArray();
  const movies = documents.map(movieOf).filter((movie) => movie !== undefined);
  return creditPage(personId, movies, after, query.limit);
}

function personOf({ id = "", displayName = "", creditCount = 0 }: PersonDocument): Person {
  return create(PersonSchema, { id, displayName, creditCount });
}
