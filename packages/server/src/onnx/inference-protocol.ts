/** What the main side and the inference thread say to each other. Types only: the thread runs without a build step. */

/** Handed to a new thread. All bytes were verified by the main side; the thread touches no file. */
export interface ThreadSetup {
  readonly encoder: Uint8Array;
  /** Reads short texts into the same space, from a table of words. */
  readonly quickEncoder: Uint8Array;
  /** tokenizer.json and tokenizer_config.json. */
  readonly tokenizer: string;
  readonly tokenizerConfig: string;
  readonly scan: Uint8Array;
  /** Longest input in tokens, [CLS] and [SEP] included. */
  readonly maxTokens: number;
  /** Length of an embedding. */
  readonly dimension: number;
  /** CPU threads of one run. */
  readonly encoderThreads: number;
}

/** Texts of about the same length: they are padded to the longest. */
export interface EncodeUnit {
  readonly kind: "encode";
  readonly tower: "full" | "quick";
  readonly texts: readonly string[];
}

/** One exact top-k pass over the first `count` rows of a matrix. */
export interface ScanUnit {
  readonly kind: "scan";
  /** count × dimension, shared with the main side: read in place. */
  readonly items: Float32Array;
  /** count; 0 for a row that may be found, -Infinity for one that may not. */
  readonly live: Float32Array;
  readonly count: number;
  readonly dimension: number;
  /** B × dimension. */
  readonly queries: Float32Array;
  /** Added to the scores, with `live`: B × count, or count for all queries alike, or nothing. */
  readonly mask: Float32Array | null;
  readonly k: number;
}

/** The thread does one unit at a time; the main side sends the next when the answer is in. */
export type Unit = EncodeUnit | ScanUnit;

/** Best first; without masked rows, so there may be fewer than k. */
export interface ScanHits {
  readonly indices: Int32Array;
  readonly values: Float32Array;
}

export type ThreadMessage =
  | { readonly kind: "ready" }
  /** texts × dimension. */
  | { readonly kind: "encoded"; readonly vectors: Float32Array }
  | { readonly kind: "scanned"; readonly hits: readonly ScanHits[] }
  | { readonly kind: "failed"; readonly message: string };
