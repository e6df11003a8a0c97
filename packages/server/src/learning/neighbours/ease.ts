import type { MathEngine, MathProgram } from "../../onnx/math-engine.js";
import { type Histories, spanOf, userCount } from "../activity.js";
import { encodeModel } from "../graph/encode-model.js";
import { Graph } from "../graph/graph.js";
import { sharedFloats } from "../tower/shared-array.js";
import { invertSmall } from "./invert-small.js";

/** The matrix is inverted in blocks of so many rows. */
const BLOCK = 256;

/** How often each pair of the movies 0 … count-1 is liked by the same user: count × count. */
export function coOccurrences(histories: Histories, count: number, placeOf: (movie: number) => number): Float32Array {
  const gram = sharedFloats(count * count);
  for (let user = 0; user < userCount(histories); user++) {
    const [from, to] = spanOf(histories, user);
    const liked = new Set<number>();
    for (let event = from; event < to; event++) {
      const place = placeOf(histories.items[event] as number);
      if (place >= 0 && (histories.weights[event] as number) > 0) liked.add(place);
    }
    for (const a of liked) {
      const row = a * count;
      for (const b of liked) gram[row + b] = (gram[row + b] as number) + 1;
    }
  }
  return gram;
}

/**
 * EASE (Steck 2019), in its closed form: the weights that tell each movie of a user from the others best in the sense
 * of least squares. `weights[i * count + j]` is what having liked i says for j.
 *
 * @param gram from `coOccurrences`; overwritten
 */
export async function easeWeights(
  engine: MathEngine,
  gram: Float32Array,
  count: number,
  lambda: number,
): Promise<Float32Array> {
  for (let movie = 0; movie < count; movie++)
    gram[movie * count + movie] = (gram[movie * count + movie] as number) + lambda;
  const inverse = await invert(engine, gram, count);
  const diagonal = Float32Array.from({ length: count }, (_, movie) => inverse[movie * count + movie] as number);
  for (let at = 0; at < inverse.length; at++) {
    inverse[at] = -(inverse[at] as number) / (diagonal[at % count] as number);
  }
  for (let movie = 0; movie < count; movie++) inverse[movie * count + movie] = 0;
  return inverse;
}

/** Inverts a symmetric positive definite matrix in place, block by block (Gauss–Jordan); ONNX Runtime does the products. */
async function invert(engine: MathEngine, matrix: Float32Array, count: number): Promise<Float32Array> {
  const program = await engine.load(updateGraph());
  let current = matrix;
  for (let from = 0; from < count; from += BLOCK) {
    current = await eliminate(program, current, count, from, Math.min(BLOCK, count - from));
  }
  await program.release();
  return current;
}

async function eliminate(program: MathProgram, matrix: Float32Array, count: number, from: number, size: number) {
  const pivot = new Float64Array(size * size);
  const columns = new Float32Array(count * size);
  const rows = new Float32Array(size * count);
  for (let row = 0; row < size; row++) {
    rows.set(matrix.subarray((from + row) * count, (from + row + 1) * count), row * count);
    for (let column = 0; column < size; column++)
      pivot[row * size + column] = matrix[(from + row) * count + from + column] as number;
  }
  for (let row = 0; row < count; row++) {
    columns.set(matrix.subarray(row * count + from, row * count + from + size), row * size);
  }
  const inverse = Float32Array.from(invertSmall(pivot, size));
  const outputs = await program.run({
    matrix: { data: matrix, shape: [count, count] },
    columns: { data: columns, shape: [count, size] },
    inverse: { data: inverse, shape: [size, size] },
    rows: { data: rows, shape: [size, count] },
  });
  const result = outputs.updated?.data as Float32Array;
  const left = outputs.left?.data as Float32Array;
  const right = outputs.right?.data as Float32Array;
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < size; column++)
      result[row * count + from + column] = -(left[row * size + column] as number);
  }
  for (let row = 0; row < size; row++) {
    result.set(right.subarray(row * count, (row + 1) * count), (from + row) * count);
    result.set(inverse.subarray(row * size, (row + 1) * size), (from + row) * count + from);
  }
  return result;
}

/** updated = matrix - columns · inverse · rows, with both halves of the product. */
function updateGraph(): Uint8Array {
  const graph = new Graph();
  const matrix = graph.input("matrix", ["all", "all"]);
  const columns = graph.input("columns", ["all", "block"]);
  const inverse = graph.input("inverse", ["block", "block"]);
  const rows = graph.input("rows", ["block", "all"]);
  graph.output("left", graph.add("MatMul", [columns, inverse], ["all", "block"]));
  const right = graph.add("MatMul", [inverse, rows], ["block", "all"]);
  graph.output("right", right);
  const updated = graph.add("Gemm", [columns, right, matrix], ["all", "all"], { alpha: { float: -1 } });
  graph.output("updated", updated);
  return encodeModel(graph, "eliminate");
}
