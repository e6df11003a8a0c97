import { type CentredContent, centreContent, type Movies } from "../read-movies.js";
import { sharedFloats } from "../tower/shared-array.js";
import type { Projection } from "./fit-projection.js";

/** What is known of movies before anybody has seen them: content, then facts. */
export interface MovieFeatures {
  /** Centred and scaled, (movies + 1) × length; row 0 is empty. */
  readonly values: Float32Array;
  readonly length: number;
  readonly parts: readonly CentredContent[];
}

/** Facts are few numbers and say much: together they count as much as so many vectors. */
const FACTS_COUNT = 2;

export function movieFeatures({ ids, content, facts }: Movies): MovieFeatures {
  const rows = ids.length + 1;
  const [long, short] = [content.length / rows, facts.length / rows];
  const told = centreContent(facts, short);
  const weight = short === 0 ? 1 : Math.sqrt((FACTS_COUNT * long) / short);
  const parts = [
    centreContent(content, long),
    { ...told, values: told.values.map((value) => value * weight), scale: told.scale * weight },
  ];
  const length = long + short;
  const values = sharedFloats(rows * length);
  for (let row = 1; row < rows; row++) {
    values.set((parts[0] as CentredContent).values.subarray(row * long, (row + 1) * long), row * length);
    values.set((parts[1] as CentredContent).values.subarray(row * short, (row + 1) * short), row * length + long);
  }
  return { values, length, parts };
}

/** The projection for content and facts as they are, from the one that was fitted for features. */
export function forRawFeatures({ matrix, offset }: Projection, { parts }: MovieFeatures): Projection {
  const width = offset.length;
  const centre = parts.flatMap((part) => [...part.centre]);
  const scale = parts.flatMap((part) => Array.from(part.centre, () => part.scale));
  const moved = Float64Array.from(offset);
  const scaled = matrix.map((value, at) => value * (scale[Math.floor(at / width)] as number));
  for (const [at, value] of scaled.entries()) {
    moved[at % width] = (moved[at % width] as number) - value * (centre[Math.floor(at / width)] as number);
  }
  return { matrix: scaled, offset: Float32Array.from(moved) };
}
