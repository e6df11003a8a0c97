/** A vector that is liked (weight above 0) or disliked (below 0), and what it stands for. */
export interface Seed<Cause> {
  readonly vector: Float32Array;
  /** From -1 to 1. */
  readonly weight: number;
  readonly cause: Cause;
}

/** How near something is to what is liked and how far from what is disliked. */
export interface Affinity<Cause> {
  /** From -1 to 1. */
  readonly score: number;
  /** The liked seed that counts most, if any counts. */
  readonly nearest: Seed<Cause> | undefined;
}

/** The mean of what is liked and the nearest single like both count: tastes have more than one centre. */
const CENTROID_SHARE = 0.5;
/** A dislike counts less than a like: people dislike movies they chose for reasons that still hold. */
const DISLIKE_SHARE = 0.6;

/** What several liked and disliked vectors make together. */
export class Profile<Cause> {
  readonly #likes: readonly Seed<Cause>[];
  readonly #dislikes: readonly Seed<Cause>[];
  readonly #centroid: Float32Array | undefined;
  /** How long the weighted sum of the likes is. */
  readonly #length: number;

  constructor(seeds: readonly Seed<Cause>[]) {
    this.#likes = seeds.filter(({ weight }) => weight > 0);
    this.#dislikes = seeds.filter(({ weight }) => weight < 0);
    this.#centroid = centroidOf(this.#likes);
    this.#length = lengthOf(sumOf(this.#likes));
  }

  /** Unit vectors to search candidates with: the centroid and the strongest single likes; away from the dislikes. */
  queries(limit: number): Float32Array[] {
    if (this.#centroid === undefined) {
      const disliked = centroidOf(this.#dislikes.map((seed) => ({ ...seed, weight: -seed.weight })));
      return disliked === undefined ? [] : [disliked.map((x) => -x)];
    }
    const strongest = [...this.#likes].sort((a, b) => b.weight - a.weight).slice(0, limit - 1);
    return this.#likes.length === 1 ? [this.#centroid] : [this.#centroid, ...strongest.map(({ vector }) => vector)];
  }

  affinity(vector: Float32Array): Affinity<Cause> {
    return this.affinityBy((seed) => dot(vector, seed.vector));
  }

  /** The same of something whose inner products with the seeds are known. */
  affinityBy(similarity: (seed: Seed<Cause>) => number): Affinity<Cause> {
    let nearest: Seed<Cause> | undefined;
    let best = 0;
    let sum = 0;
    for (const like of this.#likes) {
      const value = like.weight * similarity(like);
      sum += value;
      if (value > best) [nearest, best] = [like, value];
    }
    let worst = 0;
    for (const dislike of this.#dislikes) worst = Math.max(worst, -dislike.weight * similarity(dislike));
    // The inner product with the centroid, which is the weighted sum of the likes at length 1.
    const centre = this.#centroid === undefined ? 0 : sum / this.#length;
    const liked = CENTROID_SHARE * centre + (1 - CENTROID_SHARE) * best;
    return { score: Math.max(-1, Math.min(1, liked - DISLIKE_SHARE * worst)), nearest };
  }
}

/** The inner product of two vectors of one length. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** The weighted mean as a unit vector; undefined when there is nothing to take the mean of. */
export function centroidOf(seeds: readonly { vector: Float32Array; weight: number }[]): Float32Array | undefined {
  const sum = sumOf(seeds);
  const length = lengthOf(sum);
  return length < 1e-6 ? undefined : sum.map((x) => x / length);
}

function sumOf(seeds: readonly { vector: Float32Array; weight: number }[]): Float32Array {
  const sum = new Float32Array(seeds[0]?.vector.length ?? 0);
  for (const { vector, weight } of seeds) {
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + weight * (vector[i] as number);
  }
  return sum;
}

const lengthOf = (vector: Float32Array) => Math.sqrt(dot(vector, vector));
