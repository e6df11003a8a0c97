import { encodeModel } from "../graph/encode-model.js";
import { Graph } from "../graph/graph.js";
import { add, multiply, negate, relu, reshape, subtract, sumOver } from "../graph/operators.js";
import type { Size, Value } from "../graph/value.js";
import { NEVER, tasteTower } from "../tower/taste-tower.js";
import { towerParameters } from "../tower/tower-shape.js";
import type { TowerWeights } from "../tower/tower-weights.js";
import { knownRows } from "./known-rows.js";
import type { LearnedWeights } from "./learned-weights.js";
import { neighbourOutputs } from "./neighbour-graph.js";
import { withNewcomers } from "./newcomer-graph.js";
import { recent, signedRoots } from "./recent-events.js";

/** How far a full dislike pushes the query away from a movie's direction. */
const PUSH = 2;

/**
 * Writes taste.onnx: from recent events, each a content vector, a movie of this model or 0, a weight and an age, to a
 * query for behavioural vectors and to the movies that follow what was seen. `mostNeighbours` of these are given.
 */
export function tasteModel(weights: LearnedWeights, mostEvents: number, mostNeighbours: number): Uint8Array {
  const graph = new Graph();
  const { content, width, window } = weights.tower.shape;
  const events = ["batch", "events"];
  const inputs = {
    vectors: graph.input("vectors", [...events, content]),
    items: graph.input("items", events, "int64"),
    weights: graph.input("weights", events),
    ages: graph.input("ages", events),
  };
  const last = <T extends Value>(value: T, count: number) => recent(graph, value, count);
  const items = last(inputs.items, window);
  const vectors = last(inputs.vectors, window);
  const rows = knownRows(graph, weights, vectors, items);
  const signed = last(inputs.weights, window);
  const told = towerQuery(graph, weights.tower, rows, {
    strengths: reshape(graph, signedRoots(graph, signed), ["batch", window, 1]),
    gaps: reshape(graph, gapFeatures(graph, last(inputs.ages, window)), ["batch", window, 1]),
    absence: reshape(graph, absenceOf(graph, vectors, items, signed), ["batch", 1, 1, window]),
  });
  const pushed = subtract(graph, told, dislikes(graph, rows, signed));
  const share = graph.scalar(weights.towerShare ?? 1);
  const query = reshape(graph, multiply(graph, pushed, share), ["batch", width]);
  const strengths = signedRoots(graph, last(inputs.weights, mostEvents));
  const history = { items: last(inputs.items, mostEvents), strengths };
  const { newcomers } = weights;
  graph.output("query", newcomers === undefined ? query : withNewcomers(graph, query, newcomers, history));
  const movies = weights.tower.corrections.length / width - 1;
  neighbourOutputs(graph, weights.channels, history, movies, mostNeighbours);
  return encodeModel(graph, "taste");
}

type EventInputs = Readonly<Record<"strengths" | "gaps" | "absence", Value>>;

/** What the tower says at the last place. */
function towerQuery(graph: Graph, tower: TowerWeights, rows: Value, events: EventInputs): Value {
  const specs = new Map(towerParameters(tower.shape).map((spec) => [spec.name, spec.shape]));
  const parameter = (name: string) =>
    graph.constant(name, tower.parameters.get(name) as Float32Array, specs.get(name) as number[]);
  const context = { graph, shape: tower.shape, parameter, dropout: 0 };
  return recent(graph, tasteTower(context, { rows, ...events }), 1);
}

function gapFeatures(graph: Graph, ages: Value): Value {
  const [batch, window] = ages.shape as [Size, number];
  const shape = [batch, window - 1];
  const from = [graph.integers(1), graph.integers(window), graph.integers(1)];
  const later = graph.add("Slice", [ages, ...from], shape);
  const now = graph.add("Slice", [ages, graph.integers(0), graph.integers(1), graph.integers(1)], [batch, 1]);
  const next = graph.add("Concat", [later, multiply(graph, now, graph.scalar(0))], ages.shape, { axis: 1 });
  const gaps = relu(graph, subtract(graph, ages, next));
  const logarithms = graph.add("Log", [add(graph, gaps, graph.scalar(1))], ages.shape);
  return multiply(graph, logarithms, graph.scalar(1 / 16));
}

/** 0 where there is an event that says something of a movie that can be known, else far below 0. */
function absenceOf(graph: Graph, vectors: Value, items: Value, weights: Value): Value {
  const extent = reshape(graph, sumOver(graph, graph.add("Abs", [vectors], vectors.shape), [2]), items.shape);
  const isMore = (value: Value, than: Value) => graph.add("Greater", [value, than], items.shape, {}, "bool");
  const hasContent = isMore(extent, graph.scalar(0));
  const isKnown = isMore(items, graph.integers(0));
  const speaks = isMore(graph.add("Abs", [weights], weights.shape), graph.scalar(0));
  const isMovie = graph.add("Or", [hasContent, isKnown], items.shape, {}, "bool");
  const isThere = graph.add("And", [isMovie, speaks], items.shape, {}, "bool");
  const present = graph.add("Cast", [isThere], items.shape, { to: 1 }, "float32");
  return multiply(graph, subtract(graph, graph.scalar(1), present), graph.scalar(NEVER));
}

/** The directions of what was disliked, each as strong as the dislike. */
function dislikes(graph: Graph, rows: Value, weights: Value): Value {
  const [batch, window] = weights.shape as [Size, number];
  const dislike = reshape(graph, relu(graph, negate(graph, weights)), [batch, window, 1]);
  const square = add(graph, sumOver(graph, multiply(graph, rows, rows), [2]), graph.scalar(1e-6));
  const unit = graph.add("Div", [rows, graph.add("Sqrt", [square], square.shape)], rows.shape);
  const sum = sumOver(graph, multiply(graph, unit, dislike), [1]);
  return multiply(graph, sum, graph.scalar(PUSH));
}
