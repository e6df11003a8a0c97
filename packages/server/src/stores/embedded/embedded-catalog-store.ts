import type { Movie } from "@cinedeepmatch/contract";
import type { Kysely } from "kysely";
import type { CatalogStore } from "../../matching/catalog-store.js";
import { WriteListeners } from "../write-listeners.js";
import type { CatalogTransaction } from "./catalog-transaction.js";
import { changesAfter } from "./change-feed.js";
import { getImport, importBatch } from "./import-batch.js";
import { listMovies } from "./list-movies.js";
import { getPeople, listPeople, listPersonCredits } from "./list-people.js";
import { createMovie, deleteMovie, deleteMovies, restoreMovies, updateMovie, upsertMovies } from "./put-movies.js";
import { findByExternalId, missingIds, readMovies } from "./read-movies.js";
import { readPosition, readStatus, readTenants } from "./read-status.js";
import { readTextsVersion, renewTexts } from "./renew-texts.js";
import type { EmbeddedTables } from "./schema.js";
import { moviesToEncode, storeVectors } from "./vectors.js";

/** What the embedded catalogue works with. */
export interface EmbeddedCatalogStoreOptions {
  /** See `openDatabase`. */
  readonly db: Kysely<EmbeddedTables>;
  /** A digest of the text that models encode for a movie. Texts made in another way are taken up by `renewTexts`. */
  readonly textDigest: (movie: Movie) => string;
}

/** The catalogue in the embedded database. */
export function createEmbeddedCatalogStore({ db, textDigest }: EmbeddedCatalogStoreOptions): CatalogStore {
  const listeners = new WriteListeners();

  async function write<T>(tenant: string, work: (transaction: CatalogTransaction) => Promise<T>): Promise<T> {
    // The database has one connection: transactions come one after another, and so do the revisions they take.
    const result = await db.transaction().execute((transaction) => work({ db: transaction, tenant, textDigest }));
    listeners.notify();
    return result;
  }

  return {
    async getMovies(tenant, ids) {
      const stored = await readMovies(db, tenant, ids);
      return new Map([...stored].map(([id, { movie }]) => [id, movie]));
    },
    missingIds: (tenant, ids) => missingIds(db, tenant, ids),
    findByExternalId: (tenant, source, value) => findByExternalId(db, tenant, source, value),
    listMovies: (tenant, query) => listMovies(db, tenant, query),
    createMovie: (tenant, movie) => write(tenant, (transaction) => createMovie(transaction, movie)),
    updateMovie: (tenant, id, change) => write(tenant, (transaction) => updateMovie(transaction, id, change)),
    deleteMovie: (tenant, id, etag) => write(tenant, (transaction) => deleteMovie(transaction, id, etag)),
    upsertMovies: (tenant, movies) => write(tenant, (transaction) => upsertMovies(transaction, movies)),
    restoreMovies: (tenant, movies, digests) =>
      write(tenant, (transaction) => restoreMovies(transaction, movies, digests)),
    deleteMovies: (tenant, ids) => write(tenant, (transaction) => deleteMovies(transaction, ids)),
    importBatch: (tenant, batch) => write(tenant, (transaction) => importBatch(transaction, batch)),
    getImport: (tenant, importId) => getImport(db, tenant, importId),
    changesAfter: (tenant, revision, model, limit) => changesAfter(db, tenant, revision, model, limit),
    onWrite: (listener) => listeners.add(listener),
    moviesToEncode: (tenant, model, afterId, limit) => moviesToEncode(db, tenant, model, afterId, limit),
    storeVectors: (tenant, model, vectors) =>
      write(tenant, (transaction) => storeVectors(transaction.db, tenant, model, vectors)),
    textsVersion: (tenant) => readTextsVersion(db, tenant),
    renewTexts: (tenant, version, afterId, limit) =>
      write(tenant, (transaction) => renewTexts(transaction, version, afterId, limit)),
    tenants: () => readTenants(db),
    position: (tenant) => readPosition(db, tenant),
    status: (tenant, model) => readStatus(db, tenant, model),
    getPeople: (tenant, ids) => getPeople(db, tenant, ids),
    listPeople: (tenant, query) => listPeople(db, tenant, query),
    listPersonCredits: (tenant, personId, query) => listPersonCredits(db, tenant, personId, query),
  };
}
