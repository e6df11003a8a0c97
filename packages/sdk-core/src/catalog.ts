import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type BatchGetMoviesRequestSchema,
  type BatchGetMoviesResponse,
  type BatchUpsertMoviesRequestSchema,
  type BatchUpsertMoviesResponse,
  CatalogService,
  type CatalogStatus,
  type CreateMovieRequestSchema,
  type DeleteMovieRequestSchema,
  type GetMovieRequestSchema,
  type ListMoviesRequestSchema,
  type ListMoviesResponse,
  type LookupMovieRequestSchema,
  type Movie,
  type UpdateMovieRequestSchema,
} from "./api.js";
import type { CallOptions } from "./call-options.js";
import type { Caller } from "./caller.js";
import type { Page } from "./page.js";

/** Reads and writes the catalogue. A written movie can be read at once and is matched once the model has encoded it. */
export interface CatalogClient {
  /** Returns a movie. Rejects with `MOVIE_NOT_FOUND`. */
  getMovie(request: MessageInitShape<typeof GetMovieRequestSchema>, options?: CallOptions): Promise<Movie>;

  /** Returns up to 1,000 movies in the order of their ids, and the ids that no movie has. */
  batchGetMovies(
    request: MessageInitShape<typeof BatchGetMoviesRequestSchema>,
    options?: CallOptions,
  ): Promise<BatchGetMoviesResponse>;

  /** Returns the movie that has an id in another system, for example IMDb's. Rejects with `MOVIE_NOT_FOUND`. */
  lookupMovie(request: MessageInitShape<typeof LookupMovieRequestSchema>, options?: CallOptions): Promise<Movie>;

  /** Lists the movies that pass a filter. */
  listMovies(
    request?: MessageInitShape<typeof ListMoviesRequestSchema>,
    options?: CallOptions,
  ): Page<ListMoviesResponse, Movie>;

  /** Creates a movie. Never retried. Rejects with `MOVIE_EXISTS` or `EXTERNAL_ID_TAKEN`. */
  createMovie(request: MessageInitShape<typeof CreateMovieRequestSchema>, options?: CallOptions): Promise<Movie>;

  /**
   * Changes the fields that the mask names, or those that are set. With the etag the movie was read with, rejects with
   * `ETAG_MISMATCH` when somebody else wrote in between.
   */
  updateMovie(request: MessageInitShape<typeof UpdateMovieRequestSchema>, options?: CallOptions): Promise<Movie>;

  /** Deletes a movie. Rejects with `MOVIE_NOT_FOUND`, unless `allowMissing` is set. */
  deleteMovie(request: MessageInitShape<typeof DeleteMovieRequestSchema>, options?: CallOptions): Promise<void>;

  /** Creates or replaces up to 1,000 movies, all or none of them. */
  batchUpsertMovies(
    request: MessageInitShape<typeof BatchUpsertMoviesRequestSchema>,
    options?: CallOptions,
  ): Promise<BatchUpsertMoviesResponse>;

  /** Returns how many movies there are and how many of them can be matched already. */
  getStatus(options?: CallOptions): Promise<CatalogStatus>;
}

/** Makes the calls of CatalogService that have one request and one response. */
export function catalogClient(caller: Caller): CatalogClient {
  const rpc = CatalogService.method;
  return {
    getMovie: (request, options) => caller.unary(rpc.getMovie, request, options),
    batchGetMovies: (request, options) => caller.unary(rpc.batchGetMovies, request, options),
    lookupMovie: (request, options) => caller.unary(rpc.lookupMovie, request, options),
    listMovies: (request = {}, options) => caller.page(rpc.listMovies, request, ({ movies }) => movies, options),
    createMovie: (request, options) => caller.unary(rpc.createMovie, request, options),
    updateMovie: (request, options) => caller.unary(rpc.updateMovie, request, options),
    deleteMovie: async (request, options) => void (await caller.unary(rpc.deleteMovie, request, options)),
    batchUpsertMovies: (request, options) => caller.unary(rpc.batchUpsertMovies, request, options),
    getStatus: (options) => caller.unary(rpc.getCatalogStatus, {}, options),
  };
}
