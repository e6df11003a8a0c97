import type { Graph } from "./graph.js";
import {
  divide,
  matMul,
  meanOfLast,
  multiply,
  negate,
  reshape,
  scatterRows,
  subtract,
  sumOver,
  transpose,
} from "./operators.js";
import type { Node, Size, Value } from "./value.js";

/** From the gradient of a node's first output those of its inputs; undefined for inputs that are not differentiated. */
export type Gradient = (graph: Graph, node: Node, slope: Value) => (Value | undefined)[];

const input = (node: Node, index: number) => node.inputs[index] as Value;
const output = (node: Node, index = 0) => node.outputs[index] as Value;

/** What was broadcast on the way there is summed on the way back. */
function likeInput(graph: Graph, slope: Value, shape: readonly Size[]): Value {
  const lead = slope.shape.length - shape.length;
  const axes = slope.shape.flatMap((size, axis) => {
    const before = axis < lead ? 1 : shape[axis - lead];
    return axis < lead || (before === 1 && size !== 1) ? [axis] : [];
  });
  const summed = axes.length === 0 ? slope : sumOver(graph, slope, axes);
  return lead === 0 ? summed : reshape(graph, summed, shape);
}

const lastTwoSwapped = (rank: number) => [...Array(rank - 2).keys(), rank - 1, rank - 2];
const swapped = (graph: Graph, a: Value) => transpose(graph, a, lastTwoSwapped(a.shape.length));

/** A weight matrix meets all rows at once, whatever axes they are on: one product instead of one for each batch. */
function weightSlope(graph: Graph, a: Value, slope: Value): Value {
  const rows = (value: Value) => reshape(graph, value, ["rows", value.shape.at(-1) as Size]);
  const [flatA, flatSlope] = [rows(a), rows(slope)];
  return graph.add("Gemm", [flatA, flatSlope], [flatA.shape[1] as Size, flatSlope.shape[1] as Size], { transA: 1 });
}

const matMulGradient: Gradient = (graph, node, slope) => {
  const [a, b] = [input(node, 0), input(node, 1)];
  const toA = likeInput(graph, matMul(graph, slope, swapped(graph, b)), a.shape);
  if (b.shape.length === 2) return [toA, weightSlope(graph, a, slope)];
  return [toA, likeInput(graph, matMul(graph, swapped(graph, a), slope), b.shape)];
};

const softmaxGradient: Gradient = (graph, node, slope) => {
  const shares = output(node);
  const weighted = multiply(graph, shares, slope);
  return [subtract(graph, weighted, multiply(graph, shares, sumOver(graph, weighted, [-1])))];
};

const layerNormGradient: Gradient = (graph, node, slope) => {
  const [a, scale, shift] = [input(node, 0), input(node, 1), input(node, 2)];
  const [mean, inverse] = [output(node, 1), output(node, 2)];
  const normal = multiply(graph, subtract(graph, a, mean), inverse);
  const inner = multiply(graph, slope, scale);
  const along = multiply(graph, normal, meanOfLast(graph, multiply(graph, inner, normal)));
  const centred = subtract(graph, subtract(graph, inner, meanOfLast(graph, inner)), along);
  return [
    multiply(graph, centred, inverse),
    likeInput(graph, multiply(graph, slope, normal), scale.shape),
    likeInput(graph, slope, shift.shape),
  ];
};

const tanhGradient: Gradient = (graph, node, slope) => {
  const square = multiply(graph, output(node), output(node));
  return [multiply(graph, slope, subtract(graph, graph.scalar(1), square))];
};

const reluGradient: Gradient = (graph, node, slope) => {
  const positive = graph.add("Greater", [output(node), graph.scalar(0)], slope.shape, {}, "bool");
  return [multiply(graph, slope, graph.add("Cast", [positive], slope.shape, { to: 1 }, "float32"))];
};

/** Binary operators: each input's part, before what was broadcast is summed. */
const elementwise =
  (parts: (graph: Graph, a: Value, b: Value, slope: Value) => [Value, Value]): Gradient =>
  (graph, node, slope) => {
    const [a, b] = [input(node, 0), input(node, 1)];
    const [toA, toB] = parts(graph, a, b, slope);
    return [likeInput(graph, toA, a.shape), likeInput(graph, toB, b.shape)];
  };

const divideParts = (graph: Graph, a: Value, b: Value, slope: Value): [Value, Value] => {
  const toA = divide(graph, slope, b);
  return [toA, negate(graph, divide(graph, multiply(graph, toA, a), b))];
};

const inverse = (order: readonly number[]) => order.map((_, axis) => order.indexOf(axis));

/** Operators whose outputs do not follow their inputs smoothly: nothing flows back through them. */
export const steps: ReadonlySet<string> = new Set(["Cast", "ConstantOfShape", "Greater", "RandomUniformLike", "Shape"]);

/** How gradients pass through each operator that a differentiated graph may use. */
export const gradients: Readonly<Record<string, Gradient>> = {
  Add: elementwise((_graph, _a, _b, slope) => [slope, slope]),
  Sub: elementwise((graph, _a, _b, slope) => [slope, negate(graph, slope)]),
  Mul: elementwise((graph, a, b, slope) => [multiply(graph, slope, b), multiply(graph, slope, a)]),
  Div: elementwise(divideParts),
  MatMul: matMulGradient,
  Softmax: softmaxGradient,
  LayerNormalization: layerNormGradient,
  Tanh: tanhGradient,
  Relu: reluGradient,
  Neg: (graph, _node, slope) => [negate(graph, slope)],
  Log: (graph, node, slope) => [divide(graph, slope, input(node, 0))],
  Identity: (_graph, _node, slope) => [slope],
  Reshape: (graph, node, slope) => [reshape(graph, slope, input(node, 0).shape), undefined],
  Transpose: (graph, node, slope) => [transpose(graph, slope, inverse(node.attributes.perm as readonly number[]))],
  Gather: (graph, node, slope) => [scatterRows(graph, input(node, 0), input(node, 1), slope), undefined],
};
