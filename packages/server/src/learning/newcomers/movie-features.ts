import { type CentredContent, centreContent, type Movies } from "../read-movies.js";
import { sideBySide } from "./side-by-side.js";

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
  const tables = parts.map(({ values }) => values);
  return { values: sideBySide(tables, [long, short], rows), length: long + short, parts };
}
