import { normal, seededRandom } from "../random.js";
import { type CentredContent, centreContent, type Movies, uncentredProjection } from "../read-movies.js";
import { sharedFloats } from "../tower/shared-array.js";
import { type Projection, projectRow } from "./ridge.js";
import { sideBySide } from "./side-by-side.js";

/** What is known of movies before anybody has seen them: content, then facts, then waves of the facts. */
export interface MovieFeatures {
  /** Centred and scaled, (movies + 1) × length; row 0 is empty. */
  readonly values: Float32Array;
  readonly length: number;
  readonly parts: readonly CentredContent[];
  /** The waves are the cosines of what this makes of the facts; undefined where there are no facts. */
  readonly waves: Projection | undefined;
}

/** Facts are few numbers and say much: together they count as much as so many vectors. Their waves do too. */
const FACTS_COUNT = 2;
const WAVES = 300;
/** How slow the waves are: movies must differ by so many times the usual distance for them to have nothing in common. */
const REACH = 3;

/**
 * A horror film of the fifties is not what horror and the fifties are, each for itself: sums of numbers do not tell, so
 * there are cosines of random mixtures of the facts (Rahimi and Recht 2007), whose sums do. The mixtures are the same for
 * any catalogue.
 */
export function movieFeatures({ ids, content, facts }: Movies): MovieFeatures {
  const rows = ids.length + 1;
  const [long, short] = [content.length / rows, facts.length / rows];
  const told = centreContent(facts, short);
  const waves = short === 0 ? undefined : wavesOver(told, short);
  const curved = waves === undefined ? new Float32Array(0) : curve(facts, short, waves);
  const weigh = (part: CentredContent, width: number) => {
    const weight = width === 0 ? 1 : Math.sqrt((FACTS_COUNT * long) / width);
    return { ...part, values: part.values.map((value) => value * weight), scale: part.scale * weight };
  };
  const lengths = [long, short, curved.length / rows];
  const parts = [
    centreContent(content, long),
    weigh(told, short),
    weigh(centreContent(curved, lengths[2] as number), lengths[2] as number),
  ];
  const tables = parts.map(({ values }) => values);
  const length = lengths.reduce((sum, each) => sum + each, 0);
  return { values: sideBySide(tables, lengths, rows), length, parts, waves };
}

function wavesOver(facts: CentredContent, short: number): Projection {
  const random = seededRandom(1);
  const deviation = 1 / Math.sqrt(REACH * short);
  const matrix = Float32Array.from({ length: short * WAVES }, () => normal(random, deviation));
  const phases = Float32Array.from({ length: WAVES }, () => 2 * Math.PI * random());
  return uncentredProjection(matrix, phases, [facts]);
}

function curve(facts: Float32Array, length: number, waves: Projection): Float32Array {
  const curved = sharedFloats((facts.length / length) * WAVES);
  for (let movie = 1; movie < facts.length / length; movie++) {
    const told = projectRow({ content: facts, length, width: WAVES }, waves, movie);
    for (const [wave, value] of told.entries()) curved[movie * WAVES + wave] = Math.cos(value);
  }
  return curved;
}
