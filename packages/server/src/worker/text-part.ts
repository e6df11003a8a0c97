import { dot } from "../matching/affinity.js";
import { type Candidate, type Fused, fuse } from "../matching/fuse.js";
import type { CatalogReplica } from "./catalog-replica.js";
import type { Candidates } from "./find-candidates.js";

/** Judges candidates by a text. */
export interface TextPart {
  /** Undefined for what is no candidate. */
  of(ordinal: number): Fused | undefined;
  /**
   * The score that a candidate would have with another text, on the scale of this one: as if that text had brought the
   * same candidates.
   *
   * @param vector of that text; undefined when it is empty
   */
  scoreWith(ordinal: number, text: string, vector: Float32Array | undefined): number;
}

/** What a text is judged with. */
export interface TextPartOptions {
  readonly candidates: Candidates;
  readonly vector: Float32Array;
  /** The movies whose title the text is, and how surely. */
  readonly titles: ReadonlyMap<number, number>;
  readonly replica: CatalogReplica;
}

/** Stands for a candidate with another text; no movie has it. */
const OTHER = -1;

/** Fuses meaning and words over all candidates. */
export function textPart({ candidates, vector, titles, replica }: TextPartOptions): TextPart {
  const dense = (query: Float32Array, ordinal: number) => {
    const row = replica.matrix.row(ordinal);
    return row === undefined ? 0 : dot(query, row);
  };
  const all = [...candidates].map(([ordinal, { lexical }]): Candidate & { dense: number } => {
    return { ordinal, lexical, dense: dense(vector, ordinal), title: titles.get(ordinal) ?? 0 };
  });
  const fused = new Map(fuse(all).map((entry) => [entry.ordinal, entry]));
  const within = (value: number, values: readonly number[]) =>
    Math.max(Math.min(...values), Math.min(Math.max(...values), value));
  return {
    of: (ordinal) => fused.get(ordinal),
    scoreWith(ordinal, text, other) {
      if (other === undefined) return 0;
      const title = replica.titles.find(text).find((hit) => hit.ordinal === ordinal)?.strength ?? 0;
      const changed = {
        ordinal: OTHER,
        title,
        // What lies outside of what the candidates have would change the scale.
        dense: within(
          dense(other, ordinal),
          all.map((candidate) => candidate.dense),
        ),
        lexical: within(replica.lexical.score(text, ordinal), [0, ...all.map(({ lexical }) => lexical)]),
      };
      return fuse([...all, changed]).find((entry) => entry.ordinal === OTHER)?.score ?? 0;
    },
  };
}
