import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type Caller,
  type CallOptions,
  type CatalogClient,
  CatalogService,
  CineDeepMatchError,
  type ImportMoviesRequestSchema,
  type ImportMoviesResponse,
} from "@cinedeepmatch/sdk-core";

type ImportMovies = (
  requests: AsyncIterable<MessageInitShape<typeof ImportMoviesRequestSchema>>,
  options?: CallOptions,
) => AsyncIterable<ImportMoviesResponse>;

/** A catalogue that can also be imported into. */
export interface ImportCatalogClient extends CatalogClient {
  /**
   * Imports any number of movies. The first request is the header; the first response says from which row to go on, so
   * that an interrupted import is taken up where it stopped by importing under the same `importId` again.
   *
   * Needs `protocol: "grpc"`; over HTTP/1.1 it rejects with `failed_precondition`, as responses could not overtake
   * requests there. When `requests` throws, it rejects with `canceled` and that error as its cause. Nothing is sent
   * before the responses are iterated.
   *
   * @example
   * ```ts
   * async function* requests() {
   *   yield { request: { case: "header" as const, value: { importId: "catalogue-2026-11" } } };
   *   yield { request: { case: "batch" as const, value: { lastRow: 1n, rows: [{ row: 1n, movie: { title: "Alien" } }] } } };
   * }
   * for await (const { committedRow } of client.catalog.importMovies(requests())) console.log(committedRow);
   * ```
   */
  readonly importMovies: ImportMovies;
}

/** Makes CatalogService.ImportMovies. */
export function importMovies(caller: Caller, canImport: boolean): ImportMovies {
  return async function* (requests, options) {
    if (!canImport) {
      throw new CineDeepMatchError({
        code: "failed_precondition",
        message: 'importMovies needs HTTP/2: create the client with `protocol: "grpc"` and the address of port 9090',
      });
    }
    let unread: { readonly cause: unknown } | undefined;
    const watched = async function* () {
      try {
        yield* requests;
      } catch (cause) {
        unread = { cause };
        throw cause;
      }
    };
    try {
      yield* caller.stream(CatalogService.method.importMovies, watched(), options);
    } catch (error) {
      // Connect takes a source that fails for a fault of its own.
      if (unread === undefined) throw error;
      throw new CineDeepMatchError({ code: "canceled", message: "The requests could not be read", ...unread });
    }
  };
}
