import { ErrorReason } from "@cinedeepmatch/contract";
import { ServiceError } from "../matching/service-error.js";

/** A movie with this id exists already. */
export function movieExists(movieId: string): ServiceError {
  return new ServiceError(ErrorReason.MOVIE_EXISTS, `There is already a movie with the id "${movieId}".`, {
    metadata: { movie_id: movieId },
  });
}

/** Another movie has this external id. */
export function externalIdTaken(externalId: string, owner: string): ServiceError {
  return new ServiceError(
    ErrorReason.EXTERNAL_ID_TAKEN,
    `The external id "${externalId}" belongs to the movie "${owner}".`,
    { metadata: { external_id: externalId, movie_id: owner } },
  );
}

/** The movie was written since its etag was read. */
export function etagMismatch(movieId: string): ServiceError {
  return new ServiceError(
    ErrorReason.ETAG_MISMATCH,
    `The movie "${movieId}" has changed since it was read. Read it again and repeat the change.`,
    { metadata: { movie_id: movieId } },
  );
}

/** An id holds a character that a database's text cannot hold. */
export function keyUnstorable(field: string): ServiceError {
  const description = "holds a character that no id may have.";
  return new ServiceError(ErrorReason.FIELD_INVALID, `${field}: ${description}`, {
    violations: [{ field, description }],
  });
}
