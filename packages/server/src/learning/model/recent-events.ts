import type { Graph } from "../graph/graph.js";
import { multiply } from "../graph/operators.js";
import type { Size, Value } from "../graph/value.js";

/** The last `count` of the second axis; where there are fewer, zeros stand before them. */
export function recent(graph: Graph, value: Value, count: number): Value {
  const [batch, , ...rest] = value.shape as [Size, Size, ...number[]];
  const before = value.shape.map((_, axis) => (axis === 1 ? count : 0));
  const none = value.shape.map(() => 0);
  const padded = graph.add("Pad", [value, graph.integers(...before, ...none)], [batch, "padded", ...rest]);
  const bounds = [graph.integers(-count), graph.integers(Number.MAX_SAFE_INTEGER), graph.integers(1)];
  return graph.add("Slice", [padded, ...bounds], [batch, count, ...rest]);
}

/** How strongly events speak; `strengthOf` is the same in TypeScript. */
export function signedRoots(graph: Graph, weights: Value): Value {
  const size = graph.add("Sqrt", [graph.add("Abs", [weights], weights.shape)], weights.shape);
  return multiply(graph, graph.add("Sign", [weights], weights.shape), size);
}
