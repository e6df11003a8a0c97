import type { Graph } from "../graph/graph.js";
import { add, gather, matMul } from "../graph/operators.js";
import type { Value } from "../graph/value.js";
import type { TowerPart } from "./learned-weights.js";

/** The vectors that the tower reads: content, projected, with the correction of each movie that the model knows. */
export function knownRows(graph: Graph, { projection, tower }: TowerPart, vectors: Value, items: Value): Value {
  const { content, width } = tower.shape;
  const matrix = graph.constant("projection", projection.matrix, [content, width]);
  const told = add(
    graph,
    matMul(graph, vectors, matrix),
    graph.constant("projection.offset", projection.offset, [width]),
  );
  const corrections = graph.constant("corrections", tower.corrections, [tower.corrections.length / width, width]);
  return add(graph, told, gather(graph, corrections, items));
}
