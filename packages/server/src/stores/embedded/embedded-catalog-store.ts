import { ErrorReason, type Movie } from "@cinedeepmatch/contract";
import { type Kysely, sql } from "kysely";
import type { CatalogStore } from "../../matching/catalog-store.js";
import { ServiceError } from "../../matching/service-error.js";
import { finishMovie } from "../movie-draft.js";
import { WritePlan } from "../plan-writes.js";
import { WriteListeners } from "../write-listeners.js";
import { changesAfter } from "./change-feed.js";
import { getImport, importBatch } from "./import-batch.js";
import { listMovies } from "./list-movies.js";
import { getPeople, listPeople, listPersonCredits } from "./list-people.js";
import { movieOf } from "./movie-row.js";
import type { EmbeddedTables } from "./schema.js";
import { countEncoded, moviesToEncode, storeVectors } from "./vectors.js";
import { readWriteContext, writeMovies } from "./write-movies.js";

/** What the embedded catalogue works with. */
export interface EmbeddedCatalogStoreOptions {
  /** See `openDatabase`. */
  readonly db: Kysely<EmbeddedTables>;
  /** A digest of the text that models encode for a movie. */
  readonly textDigest: (movie: Movie) => string;
}

/** The catalogue in the embedded database. */
export function createEmbeddedCatalogStore({ db, textDigest }: EmbeddedCatalogStoreOptions): CatalogStore {
  const listeners = new WriteListeners();

  /** Runs one write as a transaction. The database has one connection, so that writes come one after another. */
  async function write<T>(work: (transaction: Kysely<EmbeddedTables>) => Promise<T>): Promise<T> {
    const result = await db.transaction().execute(work);
    listeners.notify();
    return result;
  }

  /** Writes movies as they come of their former selves. */
  async function put(transaction: Kysely<EmbeddedTables>, tenant: string, movies: readonly Movie[]): Promise<WritePlan> {
    const plan = new WritePlan(await readWriteContext(transaction, tenant, movies));
    for (const movie of movies) plan.put(finishMovie(movie.id, movie, plan.get(movie.id)));
    await writeMovies(transaction, tenant, plan.writes(), textDigest);
    return plan;
  }

  return {
    getMovies: (tenant, ids) => getMovies(db, tenant, ids),

    async missingIds(tenant, ids) {
      const { rows } = await sql<{ id: string }>`
        select id from cinedeepmatch.movies where tenant = ${tenant} and id = any(${storable(ids)})`.execute(db);
      const present = new Set(rows.map(({ id }) => id));
      return [...new Set(ids)].filter((id) => !present.has(id));
    },

    async findByExternalId(tenant, source, value) {
      const row = await db
        .selectFrom("movie_external_ids as external_id")
        .innerJoin("movies", (join) =>
          join.onRef("movies.tenant", "=", "external_id.tenant").onRef("movies.id", "=", "external_id.movie_id"),
        )
        .select("movies.doc")
        .where("external_id.tenant", "=", tenant)
        .where("external_id.source", "=", source)
        .where("external_id.value", "=", value)
        .executeTakeFirst();
      return row && movieOf(row);
    },

    listMovies: (tenant, query) => listMovies(db, tenant, query),

    createMovie: (tenant, movie) =>
      write(async (transaction) => {
        const existing = await getMovies(transaction, tenant, [movie.id]);
        if (existing.has(movie.id)) throw movieExists(movie.id);
        return written(await put(transaction, tenant, [movie]), movie.id);
      }),

    updateMovie: (tenant, id, change) =>
      write(async (transaction) => {
        const changed = change((await getMovies(transaction, tenant, [id])).get(id));
        return written(await put(transaction, tenant, [{ ...changed, id }]), id);
      }),

    deleteMovie: (tenant, id, etag) =>
      write(async (transaction) => {
        const { movies } = await readStored(transaction, tenant, id);
        const before = movies.get(id);
        if (before === undefined) return false;
        if (etag !== "" && etag !== before.movie.etag) throw etagMismatch(id);
        await writeMovies(transaction, tenant, [{ id, before, after: undefined }], textDigest);
        return true;
      }),

    upsertMovies: (tenant, movies) =>
      write(async (transaction) => {
        const plan = await put(transaction, tenant, movies);
        return { createdCount: plan.writes().filter(({ before }) => before === undefined).length };
      }),

    importBatch: (tenant, batch) => write((transaction) => importBatch(transaction, tenant, batch, textDigest)),
    getImport: (tenant, importId) => getImport(db, tenant, importId),
    changesAfter: (tenant, revision, model, limit) => changesAfter(db, tenant, revision, model, limit),
    onWrite: (listener) => listeners.add(listener),
    moviesToEncode: (tenant, model, afterId, limit) => moviesToEncode(db, tenant, model, afterId, limit),
    storeVectors: (tenant, model, vectors) =>
      write((transaction) => storeVectors(transaction, tenant, model, vectors)),

    async status(tenant, modelVersion) {
      const counts = await countEncoded(db, tenant, modelVersion);
      const last = await db
        .selectFrom("movie_changes")
        .select((select) => select.fn.max("revision").as("revision"))
        .where("tenant", "=", tenant)
        .executeTakeFirst();
      return { ...counts, revision: last?.revision ?? 0n };
    },

    getPeople: (tenant, ids) => getPeople(db, tenant, ids),
    listPeople: (tenant, query) => listPeople(db, tenant, query),
    listPersonCredits: (tenant, personId, query) => listPersonCredits(db, tenant, personId, query),
  };
}
