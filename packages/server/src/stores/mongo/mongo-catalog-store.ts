import type { Movie } from "@cinedeepmatch/contract";
import type { CatalogStore, StoredCatalogStatus } from "../../matching/catalog-store.js";
import { WriteListeners } from "../write-listeners.js";
import type { CatalogWrite } from "./catalog-write.js";
import { CatalogWriter, type PlannedWrite } from "./catalog-writer.js";
import { changesAfter } from "./change-feed.js";
import { fieldOf } from "./document-keys.js";
import { getImport, importBatch } from "./import-batch.js";
import { listMovies } from "./list-movies.js";
import { getPeople, listPeople, listPersonCredits } from "./list-people.js";
import type { OpenMongo } from "./open-mongo.js";
import { createMovie, deleteMovie, deleteMovies, restoreMovies, updateMovie, upsertMovies } from "./put-movies.js";
import { findByExternalId, missingIds, readMovies } from "./read-movies.js";
import { renewTexts } from "./renew-texts.js";
import { moviesToEncode, storeVectors } from "./vectors.js";

/** What a catalogue in MongoDB works with. */
export interface MongoCatalogStoreOptions {
  readonly mongo: OpenMongo;
  /** A digest of the text that models encode for a movie. Texts made in another way are taken up by `renewTexts`. */
  readonly textDigest: (movie: Movie) => string;
}

/**
 * A catalogue in MongoDB, which any number of servers may share.
 *
 * A write is atomic, also against crashes, as `CatalogLog` explains; who reads while it is being applied may see a part
 * of it, for some milliseconds. A write that fails with STORE_UNAVAILABLE may still take place, as a whole.
 */
export function createMongoCatalogStore({ mongo, textDigest }: MongoCatalogStoreOptions): CatalogStore {
  const { collections, traits, failingFast } = mongo;
  const reader = { collections, traits };
  const writer = new CatalogWriter(mongo);
  const listeners = new WriteListeners();
  const read = <T>(work: () => Promise<T>) => failingFast.read(work);

  async function write<T>(tenant: string, plan: (write: CatalogWrite) => Promise<PlannedWrite<T>>): Promise<T> {
    const result = await writer.write(tenant, (state) => plan({ ...reader, tenant, state, textDigest }));
    listeners.notify();
    return result;
  }

  async function status(tenant: string, modelVersion: string): Promise<StoredCatalogStatus> {
    const { revision, movieCount, personCount, encodedCounts } = await writer.published(tenant);
    const encodedCount = encodedCounts[fieldOf(modelVersion)] ?? 0;
    return { movieCount, personCount, encodedCount, revision: BigInt(revision) };
  }

  return {
    getMovies: (tenant, ids) => read(() => readMovies(reader, tenant, ids)),
    missingIds: (tenant, ids) => read(() => missingIds(reader, tenant, ids)),
    findByExternalId: (tenant, source, value) => read(() => findByExternalId(reader, tenant, source, value)),
    listMovies: (tenant, query) => read(() => listMovies(reader, tenant, query)),
    createMovie: (tenant, movie) => write(tenant, (commit) => createMovie(commit, movie)),
    updateMovie: (tenant, id, change) => write(tenant, (commit) => updateMovie(commit, id, change)),
    deleteMovie: (tenant, id, etag) => write(tenant, (commit) => deleteMovie(commit, id, etag)),
    upsertMovies: (tenant, movies) => write(tenant, (commit) => upsertMovies(commit, movies)),
    restoreMovies: (tenant, movies, digests) => write(tenant, (commit) => restoreMovies(commit, movies, digests)),
    deleteMovies: (tenant, ids) => write(tenant, (commit) => deleteMovies(commit, ids)),
    importBatch: (tenant, batch) => write(tenant, (commit) => importBatch(commit, batch)),
    getImport: (tenant, importId) => read(() => getImport(reader, tenant, importId)),
    changesAfter: (tenant, after, modelVersion, limit) =>
      read(async () => {
        const { revision: published } = await writer.published(tenant);
        return changesAfter(reader, tenant, { after, published, modelVersion, limit });
      }),
    onWrite: (listener) => listeners.add(listener),
    moviesToEncode: (tenant, modelVersion, afterId, limit) =>
      read(async () => {
        const state = await writer.published(tenant);
        return moviesToEncode(reader, tenant, state, { modelVersion, afterId, limit });
      }),
    storeVectors: (tenant, model, vectors) => write(tenant, (commit) => storeVectors(commit, model, vectors)),
    textsVersion: (tenant) => read(async () => (await writer.published(tenant)).textsVersion ?? ""),
    renewTexts: (tenant, version, afterId, limit) =>
      write(tenant, (commit) => renewTexts(commit, version, afterId, limit)),
    tenants: () => read(() => writer.tenants()),
    position: (tenant) =>
      read(async () => {
        const { catalogId = "", revision } = await writer.published(tenant);
        return { catalogId, revision: BigInt(revision) };
      }),
    status: (tenant, model) => read(() => status(tenant, model)),
    getPeople: (tenant, ids) => read(() => getPeople(reader, tenant, ids)),
    listPeople: (tenant, query) => read(() => listPeople(reader, tenant, query)),
    listPersonCredits: (tenant, personId, query) => read(() => listPersonCredits(reader, tenant, personId, query)),
  };
}
