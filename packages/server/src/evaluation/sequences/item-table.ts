import type { LearningEvent, LearningMovie } from "../../learning/index.js";

/** The items of some sequences by index from 1, and their content vectors. */
export interface ItemTable {
  readonly names: readonly string[];
  /** Length of a content vector; 1, and nothing in it, where no content is known. */
  readonly length: number;
  /** (items + 1) × length; row 0 is empty. */
  readonly content: Float32Array;
  /** The index of each name. */
  readonly indexOf: ReadonlyMap<string, number>;
}

/** @param vectors for each name its vector; without any, items are known by nothing but their name */
export function itemTable(names: readonly string[], vectors?: readonly Float32Array[]): ItemTable {
  const length = vectors?.[0]?.length ?? 1;
  const content = new Float32Array((names.length + 1) * length);
  for (const [index, vector] of vectors?.entries() ?? []) content.set(vector, (index + 1) * length);
  return { names, length, content, indexOf: new Map(names.map((name, index) => [name, index + 1])) };
}

/** A table's items as learning reads them. */
export async function* learningMovies({ names, content, length }: ItemTable): AsyncGenerator<readonly LearningMovie[]> {
  yield names.map((id, index) => ({ id, vector: content.slice((index + 1) * length, (index + 2) * length) }));
}

/** Sequences as learning reads them: only the order is known, and everything is liked. */
export async function* learningEvents(sequences: readonly Int32Array[], { names }: ItemTable) {
  for (const [user, sequence] of sequences.entries()) {
    yield Array.from(
      sequence,
      (item): LearningEvent => ({ userId: `${user}`, movieId: names[item - 1] as string, weight: 1, time: 0 }),
    );
  }
}
