import type { MessageInitShape } from "@bufbuild/protobuf";
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
import { movieNotFound, ServiceError } from "../matching/service-error.js";
import { callerOf } from "./call-context.js";
import { createCatalogWrites } from "./catalog-writes.js";
import { maskedFields, pickFields } from "./field-mask.js";
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
    ...createCatalogWrites(catalog),

    async getMovie(request, context) {
      const masked = masking(request.readMask);
      const found = await catalog.getMovies(callerOf(context).tenant, [request.id]);
      const movie = found.get(request.id);
      if (movie === undefined) throw movieNotFound(request.id);
      return masked(movie);
    },

    async batchGetMovies(request, context) {
      const masked = masking(request.readMask);
      const found = await catalog.getMovies(callerOf(context).tenant, request.ids);
      return {
        movies: request.ids.flatMap((id) => found.get(id) ?? []).map(masked),
        missingIds: request.ids.filter((id) => !found.has(id)),
      };
    },

    async lookupMovie(request, context) {
      const masked = masking(request.readMask);
      const { source = "", value = "" } = request.externalId ?? {};
      const movie = await catalog.findByExternalId(callerOf(context).tenant, source, value);
      if (movie !== undefined) return masked(movie);
      throw new ServiceError(ErrorReason.MOVIE_NOT_FOUND, `There is no movie with the ${source} id "${value}".`, {
        metadata: { external_id: `${source}:${value}` },
      });
    },

    async listMovies(request, context): Promise<MessageInitShape<typeof ListMoviesResponseSchema>> {
      const masked = masking(request.readMask);
      const tokens = pageTokens(ListMoviesRequestSchema, request);
      const page = await catalog.listMovies(callerOf(context).tenant, {
        filter: request.filter,
        titleQuery: request.titleQuery,
        order: request.order,
        cursor: tokens.position,
        limit: request.pageSize || DEFAULT_PAGE_SIZE,
      });
      return { movies: page.items.map(masked), nextPageToken: tokens.next(page.nextCursor) };
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

/** What cuts movies down to a mask, which is read once for all of them, and before anything is looked up. */
function masking(mask: FieldMask | undefined): (movie: Movie) => Movie {
  const fields = maskedFields(MovieSchema, mask, "read_mask");
  return (movie) => pickFields(MovieSchema, movie, fields);
}
