import type { NeighbourChannel } from "../neighbours/neighbour-table.js";
import type { Newcomers } from "../newcomers/newcomers.js";
import type { TowerWeights } from "../tower/tower-weights.js";

/** Everything that a served model is made of. */
export interface LearnedWeights {
  readonly tower: TowerWeights;
  /** How a behavioural vector is made of a content vector: content × width, and width. */
  readonly projection: { readonly matrix: Float32Array; readonly offset: Float32Array };
  readonly channels: readonly NeighbourChannel[];
  /** How much the tower's scores count; 1 unless told. */
  readonly towerShare?: number;
  /** How new movies are told; without it they are told by the projection alone. */
  readonly newcomers?: Newcomers;
  /** Length of the facts of a movie; 0 unless told. */
  readonly facts?: number;
}

/** What the tower has learned, before it meets the other parts. */
export type TowerPart = Pick<LearnedWeights, "tower" | "projection">;
