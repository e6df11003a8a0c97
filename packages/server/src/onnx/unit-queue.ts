/** Interactive work is somebody waiting; bulk work is an import or a batch job. */
export type Priority = "interactive" | "bulk";

/** After so many interactive entries in a row one bulk entry runs, so that a busy server still finishes its imports. */
const interactiveInARow = 32;

/** First in, first out within a class; interactive before bulk. */
export class UnitQueue<Entry> {
  readonly #waiting: Record<Priority, Entry[]> = { interactive: [], bulk: [] };
  #inARow = 0;

  push(priority: Priority, entry: Entry): void {
    this.#waiting[priority].push(entry);
  }

  /** Puts an entry back in front: it has more units to run. */
  unshift(priority: Priority, entry: Entry): void {
    this.#waiting[priority].unshift(entry);
  }

  shift(): Entry | undefined {
    const { interactive, bulk } = this.#waiting;
    const bulksTurn = bulk.length > 0 && (interactive.length === 0 || this.#inARow >= interactiveInARow);
    this.#inARow = bulksTurn || bulk.length === 0 ? 0 : this.#inARow + 1;
    return (bulksTurn ? bulk : interactive).shift();
  }

  remove(entry: Entry): void {
    for (const entries of Object.values(this.#waiting)) {
      const position = entries.indexOf(entry);
      if (position >= 0) entries.splice(position, 1);
    }
  }

  /** Takes everything out. */
  drain(): Entry[] {
    return Object.values(this.#waiting).flatMap((entries) => entries.splice(0));
  }
}
