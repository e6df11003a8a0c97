import type { Graph } from "../graph/graph.js";
import {
  add,
  dropout,
  gather,
  layerNorm,
  matMul,
  multiply,
  relu,
  reshape,
  softmax,
  tanh,
  transpose,
} from "../graph/operators.js";
import type { Size, Value } from "../graph/value.js";
import type { TowerShape } from "./tower-shape.js";

/** What the tower reads of the last `window` events of each history, oldest first. */
export interface TowerInputs {
  /** Behavioural vectors: histories × window × width. */
  readonly rows: Value;
  /** Signed strengths: histories × window × 1. */
  readonly strengths: Value;
  /** Time until the next event, or until now, scaled by `gapFeature`: histories × window × 1. */
  readonly gaps: Value;
  /** 0 where there is an event, a large negative number where there is none: histories × 1 × 1 × window. */
  readonly absence: Value;
}

/** What the functions of the tower share. */
export interface TowerContext {
  readonly graph: Graph;
  readonly shape: TowerShape;
  /** A learned array by its name. */
  readonly parameter: (name: string) => Value;
  /** The share of numbers that is set to 0 while learning; 0 in use. */
  readonly dropout: number;
}

/** Far below every score, and far from what a float cannot hold. */
export const NEVER = -1e9;

/**
 * A causal transformer: each place knows the events up to its own. Its output at the last place, times the behavioural
 * vector of a movie, says how likely that movie is next. Attention knows how far back an event is by a learned number
 * for each distance (as in T5), so that every distance is learned from everywhere in a history.
 */
export function tasteTower(context: TowerContext, inputs: TowerInputs): Value {
  const { graph, shape, parameter } = context;
  const events = multiply(graph, matMul(graph, inputs.rows, parameter("entry")), inputs.strengths);
  const gaps = tanh(graph, add(graph, matMul(graph, inputs.gaps, parameter("gap.in")), parameter("gap.bias")));
  let x = drop(context, add(graph, events, matMul(graph, gaps, parameter("gap.out"))));
  for (let layer = 0; layer < shape.layers; layer++) {
    x = add(graph, x, drop(context, attention(context, x, inputs.absence, layer)));
    x = add(graph, x, drop(context, feedForward(context, x, layer)));
  }
  return layerNorm(graph, x, parameter("last.scale"), parameter("last.shift"));
}

function attention(context: TowerContext, x: Value, absence: Value, layer: number): Value {
  const { graph, shape, parameter } = context;
  const name = (part: string) => parameter(`layer${layer}.${part}`);
  const normal = layerNorm(graph, x, name("attend.scale"), name("attend.shift"));
  const head = shape.width / shape.heads;
  const inHeads = (part: string, order: readonly number[]) => {
    const all = matMul(graph, normal, name(part));
    return transpose(graph, reshape(graph, all, [x.shape[0] as Size, shape.window, shape.heads, head]), order);
  };
  const query = multiply(graph, inHeads("query", [0, 2, 1, 3]), graph.scalar(1 / Math.sqrt(head)));
  const scores = matMul(graph, query, inHeads("key", [0, 2, 3, 1]));
  const near = add(graph, add(graph, scores, distances(context, name("distance"))), absence);
  const shares = softmax(graph, near);
  const seen = transpose(graph, matMul(graph, shares, inHeads("value", [0, 2, 1, 3])), [0, 2, 1, 3]);
  return matMul(graph, reshape(graph, seen, x.shape), name("merge"));
}

/** What is added to the scores for how far back an event is; places after one's own are out of sight. */
function distances({ graph, shape: { window, heads } }: TowerContext, learned: Value): Value {
  const back = new BigInt64Array(window * window);
  const future = new Float32Array(window * window);
  for (let at = 0; at < window; at++) {
    for (let other = 0; other < window; other++) {
      back[at * window + other] = BigInt(Math.max(0, at - other));
      future[at * window + other] = other > at ? NEVER : 0;
    }
  }
  const rows = gather(graph, learned, graph.constant("back", back, [window * window]));
  const square = transpose(graph, reshape(graph, rows, [window, window, heads]), [2, 0, 1]);
  return add(graph, square, graph.constant("future", future, [window, window]));
}

function feedForward(context: TowerContext, x: Value, layer: number): Value {
  const { graph, parameter } = context;
  const name = (part: string) => parameter(`layer${layer}.${part}`);
  const normal = layerNorm(graph, x, name("think.scale"), name("think.shift"));
  const wide = relu(graph, add(graph, matMul(graph, normal, name("widen")), name("widen.bias")));
  return add(graph, matMul(graph, wide, name("narrow")), name("narrow.bias"));
}

/** Each place of dropout has noise of its own. */
function drop({ graph, dropout: probability }: TowerContext, x: Value): Value {
  return dropout(graph, x, probability, graph.nodes.length + 1);
}

/** The feature of a time gap in seconds: 0 for none, 1 for about a hundred days. */
export function gapFeature(seconds: number): number {
  return Math.log1p(Math.max(0, seconds)) / 16;
}
