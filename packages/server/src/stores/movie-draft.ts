import { randomBytes } from "node:crypto";
import { clone, equals } from "@bufbuild/protobuf";
import { timestampNow } from "@bufbuild/protobuf/wkt";
import { type Movie, MovieSchema } from "@cinedeepmatch/contract";
import { personIdOf } from "./fold-text.js";
import { externalIdKey } from "./merge-movies.js";

/**
 * A movie as it will be stored: people have ids, no external id comes twice, and the etag and the times are set.
 *
 * @param before the stored movie that it replaces, if any
 */
export function finishMovie(id: string, movie: Movie, before: Movie | undefined): Movie {
  const finished = completeMovie(movie);
  const now = timestampNow();
  finished.id = id;
  finished.etag = randomBytes(9).toString("base64url");
  finished.createTime = before?.createTime ?? now;
  finished.updateTime = now;
  return finished;
}

/** Whether two movies differ only in what the store sets. */
export function sameContent(left: Movie, right: Movie): boolean {
  return equals(MovieSchema, contentOf(left), contentOf(right));
}

function contentOf(movie: Movie): Movie {
  const content = completeMovie(movie);
  content.etag = "";
  delete content.createTime;
  delete content.updateTime;
  return content;
}

/** A copy in which people have ids and no external id comes twice. */
function completeMovie(movie: Movie): Movie {
  const completed = clone(MovieSchema, movie);
  for (const credit of completed.credits) credit.personId ||= personIdOf(credit.displayName);
  const externalIds = new Map(completed.externalIds.map((externalId) => [externalIdKey(externalId), externalId]));
  completed.externalIds = [...externalIds.values()];
  return completed;
}

/** What in a movie cannot be a key in a database, if anything: PostgreSQL's text has no NUL. */
export function unstorableKey(movie: Movie): string | undefined {
  const isUnstorable = (key: string) => key.includes("\0") || !key.isWellFormed();
  if (isUnstorable(movie.id)) return "id";
  if (movie.externalIds.some(({ source, value }) => isUnstorable(source) || isUnstorable(value))) return "external_ids";
  if (movie.credits.some(({ personId }) => isUnstorable(personId))) return "credits";
  return undefined;
}
