import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { FieldMask } from "@bufbuild/protobuf/wkt";
import {
  type CatalogService,
  ErrorReason,
  ListMoviesRequestSchema,
  type ListMoviesResponseSchema,
  type Movie,
  MovieSchema,
} from "@cinedeepmatch/contract";
import type { ServiceImpl } from "@connectrpc/connect";
import type { CatalogStore } from "../matching/catalog-store.js";
import { movieIdOf } from "../matching/movie-id.js";
import { fieldInvalid, movieNotFound, ServiceError } from "../matching/service-error.js";
import { callerOf } from "./call-context.js";
import { maskedFields, pickFields, replaceFields, setFields } from "./field-mask.js";
import type { ImportMovies } from "./import-movies.js";
import { pageTokens } from "./page-token.js";

const DEFAULT_PAGE_SIZE = 50;

/** Serves the catalogue from its store. */
export function createCatalogService(ports: {
  catalog: CatalogStore;
  modelVersion: string;
  importMovies: ImportMovies;
  readyWorkers: () => number;
}): Partial<ServiceImpl<typeof CatalogService>> {
  const { catalog, modelVersion } = ports;
  return {
    async getMovie(request, context) {
      const found = await catalog.getMovies(callerOf(context).tenant, [request.id]);
      const movie = found.get(request.id);
      if (movie === undefined) throw movieNotFound(request.id);
      return masked(movie, request.readMask);
    },

    async batchGetMovies(request, context) {
      const found = await catalog.getMovies(callerOf(context).tenant, request.ids);
      const movies = request.ids.flatMap((id) => found.get(id) ?? []);
      return {
        movies: movies.map((movie) => masked(movie, request.readMask)),
        missingIds: request.ids.filter((id) => !found.has(id)),
      };
    },

    async lookupMovie(request, context) {
      const { source = "", value = "" } = request.externalId ?? {};
      const movie = await catalog.findByExternalId(callerOf(context).tenant, source, value);
      if (movie !== undefined) return masked(movie, request.readMask);
      throw new ServiceError(ErrorReason.MOVIE_NOT_FOUND, `There is no movie with the ${source} id "${value}".`, {
        metadata: { external_id: `${source}:${value}` },
      });
    },

    async listMovies(request, context): Promise<MessageInitShape<typeof ListMoviesResponseSchema>> {
      const tokens = pageTokens(ListMoviesRequestSchema, request);
      const page = await catalog.listMovies(callerOf(context).tenant, {
        filter: request.filter,
        titleQuery: request.titleQuery,
        order: request.order,
        cursor: tokens.position,
        limit: request.pageSize || DEFAULT_PAGE_SIZE,
      });
      const movies = page.items.map((movie) => masked(movie, request.readMask));
      return { movies, nextPageToken: tokens.next(page.nextCursor) };
    },

    createMovie: (request, context) => catalog.createMovie(callerOf(context).tenant, complete(request.movie, "movie")),

    updateMovie(request, context) {
      const given = request.movie ?? create(MovieSchema);
      if (given.id === "") throw fieldInvalid("movie.id", "must be given");
      const mask = request.updateMask;
      const all = mask === undefined || mask.paths.length === 0;
      const changed = new Set(all ? setFields(MovieSchema, given) : maskedFields(MovieSchema, mask, "update_mask"));
      for (const kept of ["id", "etag", "createTime", "updateTime"]) changed.delete(kept);
      return catalog.updateMovie(callerOf(context).tenant, given.id, (current) => {
        if (current === undefined && !request.allowMissing) throw movieNotFound(given.id);
        if (current !== undefined && given.etag !== "" && given.etag !== current.etag) throw etagMismatch();
        const base = current ?? create(MovieSchema, { id: given.id });
        return complete(replaceFields(MovieSchema, base, given, changed), "movie");
      });
    },

    async deleteMovie(request, context) {
      const deleted = await catalog.deleteMovie(callerOf(context).tenant, request.id, request.etag);
      if (!deleted && !request.allowMissing) throw movieNotFound(request.id);
      return {};
    },

    async batchUpsertMovies(request, context) {
      const movies = request.movies.map((movie, index) => complete(movie, `movies[${index}]`));
      const { createdCount } = await catalog.upsertMovies(callerOf(context).tenant, movies);
      return { ids: movies.map(({ id }) => id), createdCount };
    },

    importMovies: (requests, context) => ports.importMovies(callerOf(context).tenant, requests),

    async getCatalogStatus(_request, context) {
      const status = await catalog.status(callerOf(context).tenant, modelVersion);
      return {
        movieCount: BigInt(status.movieCount),
        encodedCount: BigInt(status.encodedCount),
        personCount: BigInt(status.personCount),
        revision: status.revision,
        readyWorkerCount: ports.readyWorkers(),
      };
    },
  };
}

function masked(movie: Movie, mask: FieldMask | undefined): Movie {
  return pickFields(MovieSchema, movie, maskedFields(MovieSchema, mask, "read_mask"));
}

/** The movie with an id, or FIELD_INVALID when it has no title to make one of. */
function complete(movie: Movie | undefined, field: string): Movie {
  if (movie === undefined || movie.title.trim() === "") throw fieldInvalid(`${field}.title`, "must not be empty");
  return movie.id === "" ? { ...movie, id: movieIdOf(movie) } : movie;
}

function etagMismatch(): ServiceError {
  return new ServiceError(
    ErrorReason.ETAG_MISMATCH,
    "The movie has changed since its etag was read: read it again, apply the change to it and send the new etag.",
  );
}
