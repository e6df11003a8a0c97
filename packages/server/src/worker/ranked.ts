import type { Affinity } from "../matching/affinity.js";
import type { Fused } from "../matching/fuse.js";
import type { Cause } from "./seeds.js";

/** A candidate with everything that its score is made of. */
export interface Ranked {
  readonly ordinal: number;
  readonly score: number;
  readonly text: Fused | undefined;
  readonly example: Affinity<Cause> | undefined;
  readonly taste: Affinity<Cause> | undefined;
}

/** How much each part counts beside the others. What is asked for now counts more than what was liked before. */
export const PART_WEIGHTS = { text: 1, example: 1, taste: 0.5 } as const;
