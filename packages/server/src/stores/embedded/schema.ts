import type { Generated } from "kysely";
import type { AccountTables } from "../sql/account-tables.js";
import type { ActivityTables } from "../sql/activity-tables.js";
import type { MatchJobTables } from "../sql/match-job-tables.js";
import type { ModelTables } from "../sql/model-tables.js";

/** The tables of the embedded database, all in the schema `cinedeepmatch`; `migrations.ts` makes them. */
export interface EmbeddedTables extends ActivityTables, AccountTables, MatchJobTables, ModelTables {
  movies: MoviesTable;
  movie_external_ids: MovieExternalIdsTable;
  movie_vectors: MovieVectorsTable;
  movie_changes: MovieChangesTable;
  people: PeopleTable;
  imports: ImportsTable;
  tenants: TenantsTable;
  encoded_counts: EncodedCountsTable;
}

/** A movie: the whole of it as protobuf, and columns for what lists filter and order by. */
interface MoviesTable {
  tenant: string;
  id: string;
  doc: Uint8Array;
  /** Digest of the text that models encode. */
  text_digest: string;
  /** Folded title, for the order. */
  title_key: string;
  /** 0 when unknown. */
  release_year: number;
  /** 0 when unknown. */
  runtime_minutes: number;
  /** -1 without ratings. */
  rating: number;
  rating_count: bigint;
  /** Everything that a movie is found by; see `movie-terms.ts`. A tsvector. */
  terms: string;
}

interface MovieExternalIdsTable {
  tenant: string;
  source: string;
  value: string;
  movie_id: string;
}

/** Vectors of the movies' present texts; that of a former text is deleted when the text changes. */
interface MovieVectorsTable {
  tenant: string;
  model_version: string;
  movie_id: string;
  vector: Uint8Array;
}

/** The last write to each movie, also to those that have been deleted: the feed. */
interface MovieChangesTable {
  tenant: string;
  movie_id: string;
  revision: bigint;
}

interface PeopleTable {
  tenant: string;
  id: string;
  display_name: string;
  credit_count: number;
  /** The words of the name. A tsvector. */
  terms: string;
}

interface ImportsTable {
  tenant: string;
  id: string;
  committed_row: bigint;
  created_count: bigint;
  updated_count: bigint;
  rejected_count: bigint;
}

/** Counts, kept in step with the rows, because counting 36,000 rows takes PGlite tens of milliseconds. */
interface TenantsTable {
  tenant: string;
  movie_count: Generated<bigint>;
  person_count: Generated<bigint>;
  /** How movies' texts were made when all their digests were last brought up to date; empty when nobody knows. */
  texts_version: Generated<string>;
  /** Tells this catalogue from every other. */
  catalog_id: Generated<string>;
}

/** How many vectors of a model there are; equal to the movie count when nothing is left to encode. */
interface EncodedCountsTable {
  tenant: string;
  model_version: string;
  encoded_count: bigint;
}
