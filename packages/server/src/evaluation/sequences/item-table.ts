import type { LearningEvent, LearningMovie } from "../../learning/index.js";
import { FACTS } from "../../matching/movie-facts.js";

/** The items of some sequences by index from 1, and their content vectors. */
export interface ItemTable {
  readonly names: readonly string[];
  /** Length of a content vector; 1, and nothing in it, where no content is known. */
  readonly length: number;
  /** (items + 1) × length; row 0 is empty. */
  readonly content: Float32Array;
  /** (items + 1) × `FACTS`, or nothing where no facts are known. */
  readonly facts: Float32Array;
  /** The index of each name. */
  readonly indexOf: ReadonlyMap<string, number>;
}

/**
 * @param vectors for each name its vector; without any, items are known by nothing but their name
 * @param told for each name its facts
 */
export function itemTable(
  names: readonly string[],
  vectors?: readonly Float32Array[],
  told: readonly Float32Array[] = [],
): ItemTable {
  const length = vectors?.[0]?.length ?? 1;
  const content = new Float32Array((names.length + 1) * length);
  for (const [index, vector] of vectors?.entries() ?? []) content.set(vector, (index + 1) * length);
  const facts = new Float32Array(told.length === 0 ? 0 : (names.length + 1) * FACTS);
  for (const [index, row] of told.entries()) facts.set(row, (index + 1) * FACTS);
  return { names, length, content, facts, indexOf: new Map(names.map((name, index) => [name, index + 1])) };
}

/** A table's items as learning reads them. */
export async function* learningMovies(table: ItemTable): AsyncGenerator<readonly LearningMovie[]> {
  const { names, content, facts, length } = table;
  yield names.map((id, index) => ({
    id,
    vector: content.slice((index + 1) * length, (index + 2) * length),
    facts: facts.slice((index + 1) * FACTS, (index + 2) * FACTS),
  }));
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
