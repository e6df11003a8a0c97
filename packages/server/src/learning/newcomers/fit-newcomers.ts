import type { Histories } from "../activity.js";
import type { NeighbourChannel } from "../neighbours/neighbour-table.js";
import type { Random } from "../random.js";
import { type Movies, uncentredProjection } from "../read-movies.js";
import { crossFit, scaleColumns, stretchOf } from "./fit-projection.js";
import { type Directions, leadingDirections } from "./leading-directions.js";
import { movieFeatures } from "./movie-features.js";
import type { Newcomers } from "./newcomers.js";
import type { Projection } from "./ridge.js";
import { sideBySide } from "./side-by-side.js";
import { weighDirections } from "./weigh-directions.js";

/** What newcomers are told from. */
export interface KnownParts {
  readonly movies: Movies;
  /** The vectors that the tower knows the movies by, (movies + 1) × width. */
  readonly vectors: Float32Array;
  readonly channels: readonly NeighbourChannel[];
  /** How much is known of each movie; those with 0 are as good as unknown. */
  readonly trust: Float64Array;
  readonly histories: Histories;
  /** What the channels' scores are multiplied by to be logarithms of how likely movies are. */
  readonly sharpness: number;
}

/** More directions tell no more: content does not know them. */
const DIRECTIONS = 64;

/**
 * What a new movie would most likely be told, had it been there: its vector for the tower, and how it would lie among
 * the movies that follow and go with others. All of it is told from content and facts by ridge regression over the
 * movies that are known, so that nothing is asked of a new movie but its record.
 */
export function fitNewcomers(known: KnownParts, random: Random): Newcomers {
  const { movies, vectors, trust, histories, sharpness } = known;
  const rows = movies.ids.length + 1;
  const most = Math.min(DIRECTIONS, Math.floor(rows / 2));
  const directions = known.channels.map(({ table }) => leadingDirections(table, trust, most, random));
  const channels = known.channels.map(({ byDistance }, index) => {
    const { says, width } = directions[index] as Directions;
    return { says, byDistance, width: width + 2 };
  });
  const blocks = [vectors, ...directions.map(({ lies }) => lies)];
  const widths = blocks.map((block) => block.length / rows);
  const [tower = 0] = widths;
  const { values: content, length, parts, waves } = movieFeatures(movies);
  const targets = sideBySide(blocks, widths, rows);
  const input = { content, length, vectors: targets, width: targets.length / rows, parts: widths, trust };
  const fitted = crossFit(input, random);
  const leftOut = withoutFirst(fitted.leftOut, input.width, tower);
  const weighed = weighDirections({ channels, histories, movies: fitted.movies, leftOut, sharpness }, random);
  const factors = new Float64Array(input.width).fill(stretchOf(input, fitted, tower), 0, tower);
  factors.set(weighed, tower);
  const { matrix, offset } = scaleColumns(fitted.projection, factors);
  return { channels, waves, ...withConstants(uncentredProjection(matrix, offset, parts), widths) };
}

/** The columns behind the first ones. */
function withoutFirst(table: Float32Array, width: number, first: number): Float32Array {
  const kept = width - first;
  return Float32Array.from(
    { length: (table.length / width) * kept },
    (_, at) => table[Math.floor(at / kept) * width + first + (at % kept)] as number,
  );
}

/** Behind each channel's numbers a 1, for what is said of any movie in the mean, and a place for the bonus. */
function withConstants({ matrix, offset }: Projection, widths: readonly number[]) {
  const [tower = 0, ...channels] = widths;
  const places: (number | "mean" | "bonus")[] = Array.from({ length: tower }, (_, column) => column);
  for (const width of channels) {
    const next = places.filter((place) => typeof place === "number").length;
    places.push(...Array.from({ length: width }, (_, column) => next + column), "mean", "bonus");
  }
  if (channels.length === 0) places.push("bonus");
  const length = matrix.length / offset.length;
  const wide = new Float32Array(length * places.length);
  for (let row = 0; row < length; row++) {
    for (const [to, from] of places.entries()) {
      if (typeof from === "number") wide[row * places.length + to] = matrix[row * offset.length + from] as number;
    }
  }
  const constants = { mean: 1, bonus: 0 };
  const moved = Float32Array.from(places, (from) =>
    typeof from === "number" ? (offset[from] as number) : constants[from],
  );
  const bonusAt = [...places.keys()].filter((place) => places[place] === "bonus");
  return { projection: { matrix: wide, offset: moved }, bonusAt };
}

/** With so much on top for being new. */
export function withBonus(newcomers: Newcomers, bonus: number): Newcomers {
  const { projection, bonusAt } = newcomers;
  const offset = projection.offset.slice();
  for (const place of bonusAt) offset[place] = bonus;
  return { ...newcomers, projection: { ...projection, offset } };
}

/** How far a history reaches into the channels: what the bonus is multiplied by, as in the served graph. */
export function reachOf({ channels }: Newcomers, strengths: Float32Array): number {
  if (channels.length === 0) return 1;
  let reach = 0;
  for (const { byDistance } of channels) {
    for (let back = 0; back < Math.min(byDistance.length, strengths.length); back++) {
      reach += (byDistance[back] as number) * (strengths[strengths.length - 1 - back] as number);
    }
  }
  return reach;
}
