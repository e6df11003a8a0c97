import type { Graph } from "./graph.js";
import { axisOf, broadcastShape, type Size, type Value } from "./value.js";

type Binary = (graph: Graph, a: Value, b: Value) => Value;
type Unary = (graph: Graph, a: Value) => Value;

const binary =
  (operator: string): Binary =>
  (graph, a, b) =>
    graph.add(operator, [a, b], broadcastShape(a.shape, b.shape));
const unary =
  (operator: string): Unary =>
  (graph, a) =>
    graph.add(operator, [a], a.shape);

export const add = binary("Add");
export const subtract = binary("Sub");
export const multiply = binary("Mul");
export const divide = binary("Div");
export const relu = unary("Relu");
export const tanh = unary("Tanh");
export const logarithm = unary("Log");
export const negate = unary("Neg");

/** The products of the last two axes; the axes before them are broadcast. */
export function matMul(graph: Graph, a: Value, b: Value): Value {
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return graph.add("MatMul", [a, b], [...batch, a.shape.at(-2) as Size, b.shape.at(-1) as Size]);
}

/** a · bᵀ of two matrices, plus a row, without writing the transposed one. */
export function matMulTransposed(graph: Graph, a: Value, b: Value, row: Value): Value {
  return graph.add("Gemm", [a, b, row], [a.shape[0] as Size, b.shape[0] as Size], { transB: 1 });
}

/** aᵀ · b of two matrices, without writing the transposed one. */
export function transposedMatMul(graph: Graph, a: Value, b: Value): Value {
  return graph.add("Gemm", [a, b], [a.shape[1] as Size, b.shape[1] as Size], { transA: 1 });
}

/** Shares along the last axis that add up to 1. */
export function softmax(graph: Graph, a: Value): Value {
  return graph.add("Softmax", [a], a.shape, { axis: -1 });
}

export function transpose(graph: Graph, a: Value, order: readonly number[]): Value {
  return graph.add(
    "Transpose",
    [a],
    order.map((axis) => a.shape[axis] as Size),
    { perm: order },
  );
}

/** At most one of the sizes may be known at run time only. */
export function reshape(graph: Graph, a: Value, shape: readonly Size[]): Value {
  const sizes = shape.map((size) => (typeof size === "number" ? size : -1));
  if (sizes.filter((size) => size < 0).length > 1) throw new RangeError(`shape ${shape} is not known enough`);
  return graph.add("Reshape", [a, graph.integers(...sizes)], shape);
}

/** Rows of a table: the shape of the indices, then the rest of the table's. */
export function gather(graph: Graph, table: Value, indices: Value): Value {
  return graph.add("Gather", [table, indices], [...indices.shape, ...table.shape.slice(1)], { axis: 0 });
}

/** Each row of a matrix at its own place. */
export function pick(graph: Graph, matrix: Value, places: Value): Value {
  return graph.add("GatherElements", [matrix, places], places.shape, { axis: 1 });
}

/** Normalises the last axis to mean 0 and variance 1, then scales and shifts it. */
export function layerNorm(graph: Graph, a: Value, scale: Value, shift: Value): Value {
  const statistic = { shape: [...a.shape.slice(0, -1), 1], type: "float32" } as const;
  const outputs = [{ shape: a.shape, type: "float32" } as const, statistic, statistic];
  return graph.addMany("LayerNormalization", [a, scale, shift], outputs, {
    axis: -1,
    epsilon: { float: 1e-5 },
  })[0] as Value;
}

/** The sum along axes, which stay with size 1. */
export function sumOver(graph: Graph, a: Value, axes: readonly number[]): Value {
  return reduce(graph, "ReduceSum", a, axes);
}

/** The mean along the last axis, which stays with size 1. */
export function meanOfLast(graph: Graph, a: Value): Value {
  return reduce(graph, "ReduceMean", a, [-1]);
}

function reduce(graph: Graph, operator: string, a: Value, axes: readonly number[]): Value {
  const gone = new Set(axes.map((axis) => axisOf(axis, a.shape.length)));
  const shape = a.shape.map((size, axis) => (gone.has(axis) ? 1 : size));
  return graph.add(operator, [a, graph.integers(...[...gone].sort((x, y) => x - y))], shape, { keepdims: 1 });
}

/** Sets each number to 0 with a probability and scales the others up, so that sums keep their size on average. */
export function dropout(graph: Graph, a: Value, probability: number, seed: number): Value {
  if (probability === 0) return a;
  const noise = graph.add("RandomUniformLike", [a], a.shape, {
    seed: { float: seed },
    high: { float: 1 },
    low: { float: 0 },
  });
  const kept = graph.add("Greater", [noise, graph.scalar(probability)], a.shape, {}, "bool");
  const mask = graph.add("Cast", [kept], a.shape, { to: 1 }, "float32");
  return multiply(graph, multiply(graph, a, mask), graph.scalar(1 / (1 - probability)));
}

/** Zeros in the shape of another value. */
export function zerosLike(graph: Graph, a: Value): Value {
  const shape = graph.add("Shape", [a], [a.shape.length], {}, "int64");
  return graph.add("ConstantOfShape", [shape], a.shape, {}, "float32");
}

/** A table of zeros like another, to which rows are added at indices, which may repeat. */
export function scatterRows(graph: Graph, like: Value, indices: Value, rows: Value): Value {
  const count = indices.shape.length === 1 ? (indices.shape[0] as Size) : "rows";
  const places = reshape(graph, indices, [count, 1]);
  const flat = reshape(graph, rows, [count, ...like.shape.slice(1)]);
  return graph.add("ScatterND", [zerosLike(graph, like), places, flat], like.shape, { reduction: { word: "add" } });
}
