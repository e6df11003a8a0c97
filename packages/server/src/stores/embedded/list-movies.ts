import { type DoubleRange, type Int32Range, type Movie, type MovieFilter, MovieOrder } from "@cinedeepmatch/contract";
import { type Kysely, type SelectQueryBuilder, sql } from "kysely";
import type { MovieListQuery, Page } from "../../matching/catalog-store.js";
import { decodeCursor, pageOf } from "../cursor.js";
import { storableIds } from "../storable-ids.js";
import { movieOf } from "./movie-row.js";
import type { EmbeddedTables } from "./schema.js";
import { movieTermQuery } from "./term-query.js";

type MovieQuery<Row> = SelectQueryBuilder<EmbeddedTables, "movies", Row>;

/** The columns that the orders sort by before the id, and their directions. */
const ORDERS = {
  [MovieOrder.UNSPECIFIED]: undefined,
  [MovieOrder.TITLE]: { column: "title_key", direction: "asc", kind: "string" },
  [MovieOrder.NEWEST]: { column: "release_year", direction: "desc", kind: "number" },
  [MovieOrder.RATING]: { column: "rating", direction: "desc", kind: "number" },
} as const;

/** A page of movies. */
export async function listMovies(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  query: MovieListQuery,
): Promise<Page<Movie>> {
  const order = ORDERS[query.order];
  const sortColumn = order?.column ?? "id";
  let select = db
    .selectFrom("movies")
    .select(["id", "doc", `${sortColumn} as sort_key`])
    .where("tenant", "=", tenant)
    .limit(query.limit + 1);
  select = filtered(select, query.filter);
  const terms = movieTermQuery(query.filter, query.titleQuery);
  if (terms !== undefined) select = select.where(sql<boolean>`terms @@ ${terms}::tsquery`);
  select = order === undefined ? inOrderOfId(select, query.cursor) : inOrderOf(select, order, query.cursor);
  const rows = await select.execute();
  return pageOf(rows, query.limit, (row) => (order === undefined ? [row.id] : [row.sort_key, row.id]), movieOf);
}

function inOrderOfId<Row>(select: MovieQuery<Row>, cursor: string | undefined): MovieQuery<Row> {
  const after = decodeCursor(cursor, ["string"]);
  const ordered = select.orderBy("id");
  return after === undefined ? ordered : ordered.where("id", ">", after[0]);
}

function inOrderOf<Row>(
  select: MovieQuery<Row>,
  order: NonNullable<(typeof ORDERS)[MovieOrder]>,
  cursor: string | undefined,
): MovieQuery<Row> {
  const after = decodeCursor(cursor, [order.kind, "string"]);
  const ordered = select.orderBy(order.column, order.direction).orderBy("id");
  if (after === undefined) return ordered;
  const [key, id] = after;
  return ordered.where(({ and, eb, or }) =>
    or([
      eb(order.column, order.direction === "asc" ? ">" : "<", key),
      and([eb(order.column, "=", key), eb("id", ">", id)]),
    ]),
  );
}

/** The conditions that are not on names. Movies whose value is unknown never pass a bound. */
function filtered<Row>(select: MovieQuery<Row>, filter: MovieFilter | undefined): MovieQuery<Row> {
  if (filter === undefined) return select;
  const { releaseYear, runtimeMinutes, rating, minRatingCount, ids } = filter;
  let result = select;
  if (ids.length > 0) result = result.where(sql<boolean>`id = any(${storableIds(ids)})`);
  result = within(result, "release_year", 1, releaseYear);
  result = within(result, "runtime_minutes", 1, runtimeMinutes);
  result = within(result, "rating", 0, rating);
  return minRatingCount === undefined ? result : result.where("rating_count", ">=", minRatingCount);
}

function within<Row>(
  select: MovieQuery<Row>,
  column: "release_year" | "runtime_minutes" | "rating",
  leastKnown: number,
  range: Int32Range | DoubleRange | undefined,
): MovieQuery<Row> {
  if (range?.min === undefined && range?.max === undefined) return select;
  const bounded = select.where(column, ">=", Math.max(range.min ?? leastKnown, leastKnown));
  return range.max === undefined ? bounded : bounded.where(column, "<=", range.max);
}
