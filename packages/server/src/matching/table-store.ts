/** A step of reading tables, or of writing them. */
export type TableStep =
  | { readonly kind: "table"; readonly name: string; readonly columns: readonly string[] }
  /** Rows of the table that was named last, each as the text of a JSON object. */
  | { readonly kind: "rows"; readonly rows: readonly string[] }
  /** Numbers that were given out: no smaller one may be given out again. */
  | { readonly kind: "sequences"; readonly values: Readonly<Record<string, string>> };

/** Accounts, activity and whatever else is kept in tables beside the catalogue, as a whole: for backups. */
export interface TableStore {
  /** Reads everything as of one instant; a table comes after those that it refers to. */
  dump(): AsyncGenerator<TableStep>;

  /** Whether no table has a row. */
  isEmpty(): Promise<boolean>;

  /**
   * Puts what was dumped, perhaps by an earlier release, in the place of what there is: all of it or, on a failure,
   * nothing. Compares what it has written with what it was given. Of users whose data this store knows to have been
   * erased, nothing of before comes back.
   *
   * @returns how many rows there are now, by table
   */
  restore(steps: AsyncIterable<TableStep>): Promise<ReadonlyMap<string, number>>;
}
