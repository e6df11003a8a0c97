import { dot } from "../matching/affinity.js";
import { type Candidate, type Fused, fuseOne, fusionScale } from "../matching/fuse.js";
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

/** Fuses meaning and words over all candidates. */
export function textPart({ candidates, vector, titles, replica }: TextPartOptions): TextPart {
  const dense = (query: Float32Array, ordinal: number) => {
    const row = replica.matrix.row(ordinal);
    return row === undefined ? 0 : dot(query, row);
  };
  const all = [...candidates].map(([ordinal, { lexical }]): Candidate => {
    return { ordinal, lexical, dense: dense(vector, ordinal), title: titles.get(ordinal) ?? 0 };
  });
  const scale = fusionScale(all);
  const fused = new Map(all.map((candidate) => [candidate.ordinal, fuseOne(candidate, scale)]));
  return {
    of: (ordinal) => fused.get(ordinal),
    scoreWith(ordinal, text, other) {
      if (other === undefined) return 0;
      const changed = {
        ordinal,
        title: replica.titles.find(text).find((hit) => hit.ordinal === ordinal)?.strength ?? 0,
        // What lies outside of what the candidates have would change the scale.
        dense: Math.max(scale.lowest, Math.min(scale.highest, dense(other, ordinal))),
        lexical: Math.min(scale.mostLexical, replica.lexical.score(text, ordinal)),
      };
      return fuseOne(changed, scale).score;
    },
  };
}
