import { type DoubleRange, type Int32Range, type Movie, type MovieFilter, MovieOrder } from "@cinedeepmatch/contract";
import type { Filter, Sort } from "mongodb";
import type { MovieListQuery, Page } from "../../matching/catalog-store.js";
import { decodeCursor, pageOf } from "../cursor.js";
import { storableIds } from "../storable-ids.js";
import type { CatalogReader } from "./catalog-reader.js";
import type { MovieDocument } from "./documents.js";
import { MOVIE_FIELDS, movieOf } from "./movie-document.js";
import { movieTermFilters } from "./term-filter.js";

/** The fields that the orders sort by before the id, and their directions. */
const ORDERS = {
  [MovieOrder.UNSPECIFIED]: undefined,
  [MovieOrder.TITLE]: { field: "titleKey", direction: 1, kind: "string" },
  [MovieOrder.NEWEST]: { field: "releaseYear", direction: -1, kind: "number" },
  [MovieOrder.RATING]: { field: "rating", direction: -1, kind: "number" },
} as const;

/** A page of movies. */
export async function listMovies(reader: CatalogReader, tenant: string, query: MovieListQuery): Promise<Page<Movie>> {
  const { filter, sort } = movieListQuery(tenant, query);
  const order = ORDERS[query.order];
  const sortField = order?.field ?? "id";
  const projection = { ...MOVIE_FIELDS, id: 1, [sortField]: 1 };
  const documents = await reader.collections.movies
    .find(filter, { projection, sort, limit: query.limit + 1 })
    .toArray();
  const keysOf = ({ id = "", [sortField]: key = "" }: MovieDocument) => (order === undefined ? [id] : [key, id]);
  const { items, nextCursor } = pageOf(documents, query.limit, keysOf, movieOf);
  return { items: items.filter((movie) => movie !== undefined), nextCursor };
}

/** What a list asks MongoDB for. */
function movieListQuery(tenant: string, query: MovieListQuery): { filter: Filter<MovieDocument>; sort: Sort } {
  const order = ORDERS[query.order];
  const conditions = [
    ...movieTermFilters(query.filter, query.titleQuery),
    ...valueFilters(query.filter),
    ...(order === undefined ? afterId(query.cursor) : afterKeys(order, query.cursor)),
  ];
  return {
    filter: { tenant, ...(conditions.length > 0 && { $and: conditions }) },
    sort: order === undefined ? { id: 1 } : { [order.field]: order.direction, id: 1 },
  };
}

function afterId(cursor: string | undefined): Filter<MovieDocument>[] {
  const after = decodeCursor(cursor, ["string"]);
  return after === undefined ? [] : [{ id: { $gt: after[0] } }];
}

function afterKeys(
  { field, direction, kind }: NonNullable<(typeof ORDERS)[MovieOrder]>,
  cursor: string | undefined,
): Filter<MovieDocument>[] {
  const after = decodeCursor(cursor, [kind, "string"]);
  if (after === undefined) return [];
  const [key, id] = after;
  const beyond = { [field]: direction === 1 ? { $gt: key } : { $lt: key } } as Filter<MovieDocument>;
  return [{ $or: [beyond, { [field]: key, id: { $gt: id } } as Filter<MovieDocument>] }];
}

/** The conditions that are not on names. Movies whose value is unknown never pass a bound. */
function valueFilters(filter: MovieFilter | undefined): Filter<MovieDocument>[] {
  if (filter === undefined) return [];
  const { releaseYear, runtimeMinutes, rating, minRatingCount, ids } = filter;
  return [
    ...(ids.length > 0 ? [{ id: { $in: storableIds(ids) } }] : []),
    ...within("releaseYear", 1, releaseYear),
    ...within("runtimeMinutes", 1, runtimeMinutes),
    ...within("rating", 0, rating),
    ...(minRatingCount === undefined ? [] : [{ ratingCount: { $gte: Number(minRatingCount) } }]),
  ];
}

function within(
  field: "releaseYear" | "runtimeMinutes" | "rating",
  leastKnown: number,
  range: Int32Range | DoubleRange | undefined,
): Filter<MovieDocument>[] {
  if (range?.min === undefined && range?.max === undefined) return [];
  const least = Math.max(range.min ?? leastKnown, leastKnown);
  return [{ [field]: { $gte: least, ...(range.max !== undefined && { $lte: range.max }) } }];
}
