import type { Graph } from "../graph/graph.js";
import { gather, multiply, reshape } from "../graph/operators.js";
import type { Value } from "../graph/value.js";
import { emptyTable, type NeighbourChannel } from "../neighbours/neighbour-table.js";
import { recent } from "./recent-events.js";

/** Recent events, oldest first: batch × events. */
export interface History {
  readonly items: Value;
  readonly strengths: Value;
}

/**
 * Adds up, in one row for each history, what every channel says after every recent event, and gives the best. Movies
 * with nothing in their favour come as movie 0 with score 0.
 */
export function neighbourOutputs(
  graph: Graph,
  channels: readonly NeighbourChannel[],
  history: History,
  movies: number,
  most: number,
): void {
  // Without channels nothing follows anything; a row of movie 0 keeps the graph in shape.
  const nothing = { table: emptyTable(movies, 1), byDistance: Float32Array.of(0) };
  const given = channels.length === 0 ? [nothing] : channels;
  const parts = given.map((channel, index) => channelParts(graph, channel, `channel${index}`, history));
  const joined = (key: "items" | "scores") => {
    const values = parts.map((part) => part[key]);
    return graph.add("Concat", values, ["batch", "parts"], { axis: 1 });
  };
  const batch = graph.add("Shape", [history.items], [1], { start: 0, end: 1 }, "int64");
  const sizes = graph.add("Concat", [batch, graph.integers(movies + 1)], [2], { axis: 0 }, "int64");
  const zeros = graph.add("ConstantOfShape", [sizes], ["batch", movies + 1], {}, "float32");
  const attributes = { axis: 1, reduction: { word: "add" } };
  const sums = graph.add("ScatterElements", [zeros, joined("items"), joined("scores")], zeros.shape, attributes);
  const count = Math.min(most, movies + 1);
  const outputs = (["float32", "int64"] as const).map((type) => ({ shape: ["batch", count], type }));
  const [scores, best] = graph.addMany("TopK", [sums, graph.integers(count)], outputs, { axis: 1 }) as [Value, Value];
  const isGood = graph.add("Greater", [scores, graph.scalar(0)], scores.shape, {}, "bool");
  const good = graph.add("Cast", [isGood], scores.shape, { to: 7 }, "int64");
  graph.output("neighbours", multiply(graph, best, good));
  graph.output("neighbour_scores", graph.add("Relu", [scores], scores.shape));
}

function channelParts(graph: Graph, { table, byDistance }: NeighbourChannel, name: string, history: History) {
  const rows = table.items.length / table.width;
  const distances = byDistance.length;
  const shape = [rows, table.width];
  const items = recent(graph, history.items, distances);
  const strengths = reshape(graph, recent(graph, history.strengths, distances), ["batch", distances, 1]);
  const far = graph.constant(`${name}.distance`, byDistance.toReversed(), [distances, 1]);
  const found = gather(graph, graph.constant(`${name}.items`, table.items, shape), items);
  const scores = gather(graph, graph.constant(`${name}.scores`, table.scores, shape), items);
  const weighed = multiply(graph, scores, multiply(graph, strengths, far));
  const flat = ["batch", distances * table.width];
  return { items: reshape(graph, found, flat), scores: reshape(graph, weighed, flat) };
}
