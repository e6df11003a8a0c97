import type { Projection } from "./ridge.js";

/** How new movies are told: by numbers that stand behind the tower's in each query, and by a projection of their own. */
export interface Newcomers {
  readonly channels: readonly NewcomerChannel[];
  /** What the waves of the facts are the cosines of; undefined where there are no facts. */
  readonly waves: Projection | undefined;
  /** From content, facts and waves to what a query is multiplied by: the tower's part, the channels' parts, and the bonus. */
  readonly projection: Projection;
  /** The columns of the projection that are the bonus. */
  readonly bonusAt: readonly number[];
}

/** What the movies of the model say of new ones, and how much that counts by how far back they are. */
export interface NewcomerChannel {
  readonly width: number;
  /** (movies + 1) × width; the last number of each is 1. */
  readonly says: Float32Array;
  readonly byDistance: Float32Array;
}
