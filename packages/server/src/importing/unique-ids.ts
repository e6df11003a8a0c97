/** Gives each movie of one file an id of its own, the same at every reading of the file. */
export class UniqueIds {
  readonly #taken = new Set<string>();

  /** The id itself for the first that wants it; with `-2`, `-3`, … for those after it. */
  take(wanted: string): string {
    let id = wanted;
    for (let number = 2; this.#taken.has(id); number++) id = `${wanted}-${number}`;
    this.#taken.add(id);
    return id;
  }
}
