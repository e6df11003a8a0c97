import { create } from "@bufbuild/protobuf";
import { type CatalogService, ErrorReason, type Movie, MovieSchema } from "@cinedeepmatch/contract";
import type { ServiceImpl } from "@connectrpc/connect";
import type { CatalogStore } from "../matching/catalog-store.js";
import { movieIdOf } from "../matching/movie-id.js";
import { fieldInvalid, movieNotFound, ServiceError } from "../matching/service-error.js";
import { callerOf } from "./call-context.js";
import { maskedFields, replaceFields, setFields } from "./field-mask.js";

/** The catalogue's methods that write, imports apart. */
export function createCatalogWrites(catalog: CatalogStore): Partial<ServiceImpl<typeof CatalogService>> {
  return {
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
  };
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
