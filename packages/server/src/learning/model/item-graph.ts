import { encodeModel } from "../graph/encode-model.js";
import { Graph } from "../graph/graph.js";
import { add, matMul, reshape } from "../graph/operators.js";
import type { Value } from "../graph/value.js";
import type { Newcomers } from "../newcomers/newcomers.js";
import { knownRows } from "./known-rows.js";
import type { LearnedWeights } from "./learned-weights.js";

/** Writes item.onnx: from content vectors, facts where there are any, and movies of this model or 0, to behavioural vectors. */
export function itemModel(weights: LearnedWeights): Uint8Array {
  const graph = new Graph();
  const { content, width } = weights.tower.shape;
  const vectors = graph.input("vectors", ["movies", content]);
  const items = graph.input("items", ["movies"], "int64");
  const known = knownRows(graph, weights, vectors, items);
  const isNew = graph.add("Equal", [items, graph.integers(0)], ["movies"], {}, "bool");
  graph.output("behavioural", chooseRows(graph, weights, { vectors, known, isNew, width }));
  return encodeModel(graph, "item");
}

interface ItemRows {
  readonly vectors: Value;
  readonly known: Value;
  readonly isNew: Value;
  readonly width: number;
}

/** New movies by what is told of newcomers; known ones have nothing in the places of these. */
function chooseRows(
  graph: Graph,
  { newcomers, facts = 0 }: LearnedWeights,
  { vectors, known, isNew, width }: ItemRows,
) {
  if (newcomers === undefined) return known;
  const { matrix, offset } = newcomers.projection;
  const length = matrix.length / offset.length;
  const features = facts === 0 ? vectors : withFacts(graph, vectors, facts, newcomers.waves);
  const projection = graph.constant("newcomers", matrix, [length, offset.length]);
  const told = matMul(graph, features, projection);
  const fresh = add(graph, told, graph.constant("newcomers.offset", offset, [offset.length]));
  const before = graph.integers(0, 0, 0, offset.length - width);
  const padded = graph.add("Pad", [known, before], ["movies", offset.length]);
  return graph.add("Where", [reshape(graph, isNew, ["movies", 1]), fresh, padded], fresh.shape, {}, "float32");
}

/** Content, then facts, then the waves of these. */
function withFacts(graph: Graph, vectors: Value, width: number, waves: Newcomers["waves"]): Value {
  const facts = graph.input("facts", ["movies", width]);
  const parts = [vectors, facts];
  if (waves !== undefined) {
    const count = waves.offset.length;
    const mixed = matMul(graph, facts, graph.constant("waves", waves.matrix, [width, count]));
    const moved = add(graph, mixed, graph.constant("waves.offset", waves.offset, [count]));
    parts.push(graph.add("Cos", [moved], moved.shape));
  }
  const length = parts.reduce((sum, { shape }) => sum + (shape[1] as number), 0);
  return graph.add("Concat", parts, ["movies", length], { axis: 1 });
}
