import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ImportHeader, ImportMoviesRequestSchema, ImportMoviesResponse } from "@cinedeepmatch/contract";
import { CineDeepMatchError, type NodeClient } from "@cinedeepmatch/sdk-node";
import { batchRows } from "./batch-rows.js";
import type { BadRow, MovieRow } from "./import-row.js";
import { Permits } from "./permits.js";

const MAX_UNACKNOWLEDGED = 4;
const STALL_MS = 60_000;

type RequestInit = MessageInitShape<typeof ImportMoviesRequestSchema>;

/** What one attempt at an import needs. */
export interface SendRowsOptions {
  readonly client: NodeClient;
  readonly header: Pick<ImportHeader, "importId" | "mode">;
  /** Opens the rows, from the first one. */
  readonly read: () => AsyncIterable<MovieRow>;
  /** Told of each row as it is read. */
  readonly onRow: (row: { readonly row: number } | BadRow) => void;
  /** Told of each answer: the first one has the position to go on from, the others acknowledge a batch each. */
  readonly onAnswer: (response: ImportMoviesResponse) => void;
  /** How long the server may take to answer before the connection is taken for dead. */
  readonly stallMs?: number;
}

/**
 * Sends the rows that the server does not have yet, keeping a few batches unacknowledged so that both sides work at
 * the same time. Returns the last answer, which covers the whole file. Rejects when the connection breaks; what was
 * acknowledged is stored, and another attempt goes on from there.
 */
export async function sendRows(options: SendRowsOptions): Promise<ImportMoviesResponse> {
  const { client, onAnswer, stallMs = STALL_MS } = options;
  const connection = new AbortController();
  const requests = new RowRequests(options);
  const stalled = setTimeout(() => connection.abort(), stallMs);
  let last: ImportMoviesResponse | undefined;
  try {
    for await (const response of client.catalog.importMovies(requests.send(), { signal: connection.signal })) {
      stalled.refresh();
      requests.acknowledge(Number(response.committedRow));
      last = response;
      onAnswer(response);
    }
  } catch (error) {
    if (connection.signal.aborted) throw brokenOff(`The server did not answer for ${stallMs / 1000} s`, error);
    throw error;
  } finally {
    clearTimeout(stalled);
    requests.close();
  }
  if (requests.failure !== undefined) throw requests.failure;
  if (last === undefined || Number(last.committedRow) < requests.lastRow) {
    throw brokenOff("The server ended the import before its end");
  }
  return last;
}

class RowRequests {
  readonly #options: SendRowsOptions;
  readonly #permits = new Permits();
  #requests: AsyncGenerator<RequestInit> | undefined;
  #storedRow: number | undefined;
  /** The last row that was sent. */
  lastRow = 0;
  /** Why the file could not be read to its end. */
  failure: unknown;

  constructor(options: SendRowsOptions) {
    this.#options = options;
  }

  send(): AsyncGenerator<RequestInit> {
    this.#requests = this.#generate();
    return this.#requests;
  }

  acknowledge(committedRow: number): void {
    this.#permits.add(this.#storedRow === undefined ? MAX_UNACKNOWLEDGED : 1);
    this.#storedRow ??= committedRow;
  }

  close(): void {
    this.#permits.close();
    // Ends the reading of the file also where the transport has lost interest in it.
    this.#requests?.return(undefined).catch(() => {});
  }

  async *#generate(): AsyncGenerator<RequestInit> {
    const { header, read, onRow } = this.#options;
    yield { request: { case: "header", value: header } };
    if (!(await this.#permits.take())) return;
    try {
      for await (const batch of batchRows(read(), this.#storedRow ?? 0, onRow)) {
        this.lastRow = Number(batch.lastRow);
        yield { request: { case: "batch", value: batch } };
        if (!(await this.#permits.take())) return;
      }
    } catch (error) {
      // Ends the requests in the ordinary way, so that everything sent so far is acknowledged before it is thrown.
      this.failure = error;
    }
  }
}

function brokenOff(message: string, cause?: unknown): CineDeepMatchError {
  return new CineDeepMatchError({ code: "unavailable", message, cause });
}
