/** What the main side and the thread of a taste model say to each other. Types only: the thread runs without a build step. */

/** Handed to a new thread. All bytes were verified by the main side; the thread touches no file. */
export interface TasteSetup {
  readonly taste: Uint8Array;
  readonly item: Uint8Array;
  readonly sizes: TasteSizes;
}

/** How large a model's arrays are. */
export interface TasteSizes {
  /** Length of a content vector. */
  readonly content: number;
  /** Length of a query and of a behavioural vector. */
  readonly dimension: number;
  /** Events of a history, padding included. */
  readonly events: number;
}

/** Movies as item.onnx reads them. */
export interface MovieBatch {
  /** movies × content. */
  readonly vectors: Float32Array;
  /** movies × `factsLength`, for models that ask for them. */
  readonly facts: Float32Array;
  /** 1-based lines of items.txt, 0 for unknown movies. */
  readonly items: Int32Array;
}

/** Histories, oldest event first, with padding before the first. */
export interface HistoryBatch {
  /** How many histories. */
  readonly batch: number;
  /** batch × events × content. */
  readonly vectors: Float32Array;
  /** batch × events: 1-based lines of items.txt, 0 for unknown movies and padding. */
  readonly items: Int32Array;
  /** batch × events, from -1 to 1. */
  readonly weights: Float32Array;
  /** batch × events, in seconds. */
  readonly ages: Float32Array;
}

/** What a model makes of histories. */
export interface TasteQueries {
  /** batch × dimension. */
  readonly query: Float32Array;
  /** batch × k: 1-based lines of items.txt, 0 for none. */
  readonly neighbours: Int32Array;
  /** batch × k. */
  readonly scores: Float32Array;
}

export type TasteUnit = ({ readonly kind: "rank" } & HistoryBatch) | ({ readonly kind: "project" } & MovieBatch);

export type TasteMessage =
  | { readonly kind: "ready" }
  | ({ readonly kind: "ranked" } & TasteQueries)
  /** rows × dimension. */
  | { readonly kind: "projected"; readonly rows: Float32Array }
  | { readonly kind: "failed"; readonly message: string };
