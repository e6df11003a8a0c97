import { fromJson, type JsonObject, type JsonValue, toJson } from "@bufbuild/protobuf";
import { type Movie, MovieSchema } from "@cinedeepmatch/contract";
import type { Document } from "mongodb";
import { movieKeys } from "../movie-keys.js";
import { movieTerms } from "../movie-terms.js";
import type { MovieDocument } from "./documents.js";

/** MongoDB's limit is 100 levels, of which those around the features take some. */
const DEEPEST = 40;

/** The fields of a movie's document that are made of the movie. */
export function movieFields(tenant: string, movie: Movie, textDigest: string): Document {
  const keys = movieKeys(movie);
  const { features, ...rest } = movie;
  const json = toJson(MovieSchema, rest as Movie) as Document;
  const fits = features !== undefined && isDocument(features, 0);
  return {
    feed: tenant,
    tenant,
    id: movie.id,
    movie: fits ? { ...json, features } : json,
    otherFeatures: features === undefined || fits ? null : JSON.stringify(features),
    textDigest,
    ...keys,
    // Exact up to 2^53, which is enough to compare with.
    ratingCount: Number(keys.ratingCount),
    terms: movieTerms(movie),
  };
}

/** The fields that only a movie that has not been deleted has. */
export const LIVE_FIELDS = [
  "tenant",
  "id",
  "movie",
  "otherFeatures",
  "textDigest",
  "titleKey",
  "releaseYear",
  "runtimeMinutes",
  "rating",
  "ratingCount",
  "terms",
  "encoded",
  "vectors",
] as const;

/** What has to be read of a document for its movie. */
export const MOVIE_FIELDS = { movie: 1, otherFeatures: 1 } as const;

/** The movie of a document; undefined when it has been deleted. */
export function movieOf(document: Pick<MovieDocument, "movie" | "otherFeatures">): Movie | undefined {
  if (document.movie === undefined) return undefined;
  const { features, ...json } = document.movie;
  const movie = fromJson(MovieSchema, json as JsonValue);
  // As they are, instead of by way of google.protobuf.Struct.
  if (features !== undefined) movie.features = features;
  if (document.otherFeatures) movie.features = JSON.parse(document.otherFeatures) as JsonObject;
  return movie;
}

/** Whether a document can hold a value exactly as it is, on MongoDB as on FerretDB. */
function isDocument(value: JsonValue, depth: number): boolean {
  if (depth > DEEPEST) return false;
  // JSON has no others than finite ones, and FerretDB no negative zero.
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  if (Array.isArray(value)) return value.every((item) => !Array.isArray(item) && isDocument(item, depth + 1));
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, item]) => isFieldName(key) && isDocument(item, depth + 1));
}

function isFieldName(key: string): boolean {
  // The driver takes an object with `_bsontype` for one of its own.
  return key !== "" && !key.startsWith("$") && !/[.\0]/.test(key) && key !== "_bsontype" && key.isWellFormed();
}
