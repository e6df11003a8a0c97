import { fromBinary, type JsonObject, type JsonValue, toBinary } from "@bufbuild/protobuf";
import { type Movie, MovieSchema } from "@cinedeepmatch/contract";
import type { CatalogStore, StoredChange } from "../matching/catalog-store.js";

const CHANGES_PER_PAGE = 250;

/** A movie of a tenant as a backup has it; later rows replace earlier ones of the same movie. */
export interface CatalogRow {
  readonly tenant: string;
  readonly id: string;
  /** Undefined when the movie was deleted while the backup was made. */
  readonly movie: Movie | undefined;
  /** Of the text that was encoded; earlier releases did not write it down. */
  readonly textDigest: string | undefined;
  /** Little-endian float32; undefined where the model had not encoded the movie. */
  readonly vector: Uint8Array | undefined;
}

/** The rows of all tenants. Movies that are written meanwhile come again, so that the last rows are the catalogue. */
export async function* catalogRows(
  catalog: CatalogStore,
  modelVersion: string,
): AsyncGenerator<CatalogRow & { readonly text: string }> {
  for (const tenant of await catalog.tenants()) {
    let after = 0n;
    for (;;) {
      const { changes, revision } = await catalog.changesAfter(tenant, after, modelVersion, CHANGES_PER_PAGE);
      for (const change of changes) {
        const row = {
          tenant,
          id: change.movieId,
          movie: change.movie,
          textDigest: change.textDigest,
          vector: change.vector,
        };
        yield { ...row, text: textOf(row.tenant, change) };
      }
      after = revision;
      if (changes.length < CHANGES_PER_PAGE) break;
    }
  }
}

function textOf(tenant: string, { movieId, movie, textDigest, vector }: StoredChange): string {
  return JSON.stringify({
    tenant,
    id: movieId,
    ...(movie && { movie: base64(toBinary(MovieSchema, canonical(movie))) }),
    ...(movie && textDigest !== undefined && { textDigest }),
    ...(movie && vector && { vector: base64(vector) }),
  });
}

/** Reads a row's text. */
export function parseCatalogRow(text: string): CatalogRow {
  const { tenant, id, movie, textDigest, vector } = JSON.parse(text) as Row;
  return {
    tenant,
    id,
    movie: movie === undefined ? undefined : fromBinary(MovieSchema, Buffer.from(movie, "base64")),
    textDigest,
    vector: vector === undefined ? undefined : Buffer.from(vector, "base64"),
  };
}

type Row = Record<"tenant" | "id", string> & Partial<Record<"movie" | "textDigest" | "vector", string>>;

/** Stores may give features back in another order; equal movies are to be equal texts. */
function canonical(movie: Movie): Movie {
  return movie.features === undefined ? movie : { ...movie, features: sorted(movie.features) as JsonObject };
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, each]) => [key, sorted(each)] as const);
  return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
