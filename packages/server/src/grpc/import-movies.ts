import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { createValidator } from "@bufbuild/protovalidate";
import {
  ErrorReason,
  type ImportBatch,
  type ImportHeader,
  type ImportMoviesRequest,
  type ImportMoviesResponseSchema,
  type Movie,
  MovieSchema,
} from "@cinedeepmatch/contract";
import type { CatalogStore, ImportProgress } from "../matching/catalog-store.js";
import { movieIdOf } from "../matching/movie-id.js";
import { fieldInvalid, ServiceError } from "../matching/service-error.js";
import { findViolations } from "./border-interceptor.js";

/** Serves one import: a header, then batches, each answered once it is stored. */
export type ImportMovies = (
  tenant: string,
  requests: AsyncIterable<ImportMoviesRequest>,
) => AsyncIterable<MessageInitShape<typeof ImportMoviesResponseSchema>>;

type Rejection = { readonly row: number; readonly message: string };

/** @param catalog where the movies go */
export function createImportMovies(catalog: CatalogStore): ImportMovies {
  const validator = createValidator();
  /** Two writers of one import would tell each other's clients wrong positions. */
  const writing = new Set<string>();

  return async function* importMovies(tenant, requests) {
    let header: ImportHeader | undefined;
    let key = "";
    try {
      for await (const { request } of requests) {
        if (request.case === "header") {
          if (header !== undefined) throw fieldInvalid("header", "must come once");
          header = request.value;
          const wanted = JSON.stringify([tenant, header.importId]);
          if (writing.has(wanted)) throw importBusy(header.importId);
          key = wanted;
          writing.add(key);
          yield toResponse(await catalog.getImport(tenant, header.importId), []);
        } else if (request.case === "batch") {
          if (header === undefined) throw fieldInvalid("header", "must come before the first batch");
          const { rows, rejections } = sortOut(request.value);
          const { importId, mode } = header;
          const lastRow = Number(request.value.lastRow);
          const batch = { importId, mode, lastRow, rows, rejectedCount: rejections.length };
          const stored = await catalog.importBatch(tenant, batch);
          yield toResponse(stored, [...rejections, ...stored.rejections]);
        }
      }
    } finally {
      writing.delete(key);
    }
  };

  /** Parts the rows that keep the rules of Movie from those that break one. */
  function sortOut(batch: ImportBatch): { rows: { row: number; movie: Movie }[]; rejections: Rejection[] } {
    const rows: { row: number; movie: Movie }[] = [];
    const rejections: Rejection[] = [];
    for (const { row, movie: given } of batch.rows) {
      const movie = given ?? create(MovieSchema);
      const [violation] = findViolations(validator, MovieSchema, movie);
      const title = movie.title.trim();
      if (violation !== undefined) {
        rejections.push({ row: Number(row), message: `${violation.field}: ${violation.description}` });
      } else if (title === "") {
        rejections.push({ row: Number(row), message: "title: must not be empty" });
      } else {
        rows.push({ row: Number(row), movie: movie.id === "" ? { ...movie, id: movieIdOf(movie) } : movie });
      }
    }
    return { rows, rejections };
  }
}

function toResponse(
  progress: ImportProgress | undefined,
  rejections: readonly Rejection[],
): MessageInitShape<typeof ImportMoviesResponseSchema> {
  return {
    committedRow: BigInt(progress?.committedRow ?? 0),
    createdCount: BigInt(progress?.createdCount ?? 0),
    updatedCount: BigInt(progress?.updatedCount ?? 0),
    rejectedCount: BigInt(progress?.rejectedCount ?? 0),
    rejections: rejections.map(({ row, message }) => ({ row: BigInt(row), message })),
  };
}

function importBusy(importId: string): ServiceError {
  return new ServiceError(ErrorReason.IMPORT_BUSY, "Another call is writing this import.", {
    metadata: { import_id: importId },
    retryAfterMs: 1_000,
  });
}
