/** What goes to the database's thread. Each is answered by its `id`, in whatever order they end. */
export type ToDatabase = { readonly id: number } & Question;

/** What the database's thread is asked for. */
export type Question =
  | Statement
  | { readonly kind: "script"; readonly text: string }
  /** Begins a transaction, which is called by this message's id from then on. Other statements wait for its end. */
  | { readonly kind: "begin" }
  | { readonly kind: "end"; readonly transaction: number; readonly isCommit: boolean }
  | { readonly kind: "close" };

/** One statement with its parameters. */
export interface Statement {
  readonly kind: "statement";
  readonly text: string;
  readonly parameters: unknown[];
  /** How values are read; see {@link Reading}. */
  readonly reading: Reading;
  /** The transaction that it is part of. */
  readonly transaction: number | undefined;
}

/** `exact`: 64-bit integers as bigints, as our stores want them; `loose`: as PGlite does without being asked. */
export type Reading = "exact" | "loose";

/** What a statement found or did. */
export interface StatementResult {
  readonly rows: Record<string, unknown>[];
  readonly affectedRows: number | undefined;
  /** The columns whose values are bytes, which come out of a thread as a plainer class than they went in. */
  readonly byteColumns: string[];
}

/** What comes from the database's thread; `ready` is the first, and comes once. */
export type FromDatabase =
  | { readonly kind: "ready" }
  | { readonly kind: "done"; readonly id: number; readonly result: StatementResult | undefined }
  | { readonly kind: "failed"; readonly id: number; readonly failure: Failure }
  | { readonly kind: "notification"; readonly channel: string; readonly payload: string };

/** An error, in parts: threads take only the message of a class that they do not know. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** PostgreSQL's: the code, the constraint and so on. */
  readonly fields: Record<string, string | number>;
}
