import type { Graph } from "../graph/graph.js";
import { gather, matMul, multiply, reshape, transpose } from "../graph/operators.js";
import type { Value } from "../graph/value.js";
import type { NewcomerChannel, Newcomers } from "../newcomers/newcomers.js";
import type { History } from "./neighbour-graph.js";
import { recent } from "./recent-events.js";

/** Puts behind the tower's query what the recent events say of new movies; where nothing does, a 1 for the bonus. */
export function withNewcomers(
  graph: Graph,
  query: Value,
  { channels, projection }: Newcomers,
  history: History,
): Value {
  const shape = ["batch", projection.offset.length];
  if (channels.length === 0) return graph.add("Pad", [query, graph.integers(0, 0, 0, 1), graph.scalar(1)], shape);
  const said = channels.map((channel, index) => saidOfNewcomers(graph, channel, `newcomers${index}`, history));
  return graph.add("Concat", [query, ...said], shape, { axis: 1 });
}

function saidOfNewcomers(graph: Graph, { width, says, byDistance }: NewcomerChannel, name: string, history: History) {
  const distances = byDistance.length;
  const items = recent(graph, history.items, distances);
  const strengths = reshape(graph, recent(graph, history.strengths, distances), ["batch", distances, 1]);
  const far = graph.constant(`${name}.distance`, byDistance.toReversed(), [distances, 1]);
  const shares = transpose(graph, multiply(graph, strengths, far), [0, 2, 1]);
  const rows = gather(graph, graph.constant(name, says, [says.length / width, width]), items);
  return reshape(graph, matMul(graph, shares, rows), ["batch", width]);
}
