import { differentiate } from "../graph/differentiate.js";
import { encodeModel } from "../graph/encode-model.js";
import { Graph } from "../graph/graph.js";
import {
  add,
  gather,
  logarithm,
  matMul,
  matMulTransposed,
  multiply,
  negate,
  pick,
  reshape,
  scatterRows,
  softmax,
  subtract,
  sumOver,
  transposedMatMul,
} from "../graph/operators.js";
import type { Value } from "../graph/value.js";
import { tasteTower } from "./taste-tower.js";
import { type TowerShape, towerParameters } from "./tower-shape.js";

/**
 * One step of learning as an ONNX graph: from parameters and a batch to the loss and the gradients by each parameter.
 *
 * The batch speaks of `candidates`, a list of movies that the next one is told from: all of them, or, in a large
 * catalogue, those of the batch and a sample. Candidate 0 is nobody. A movie's vector is the projection of its content
 * plus its own correction, which `keep` sets to zero for some, so that the projection has to stand alone for these.
 *
 * The loss is the full cross-entropy over the candidates. Its gradient is written out by hand: with the shares that
 * softmax gives, three matrix products are all that the large matrix of scores is touched by.
 */
export function trainingGraph(shape: TowerShape, dropout: number): Uint8Array {
  const graph = new Graph();
  const { width, window } = shape;
  const specs = towerParameters(shape);
  const parameters = new Map(specs.map(({ name, shape: sizes }) => [name, graph.input(name, sizes)]));
  const parameter = (name: string) => parameters.get(name) as Value;

  const content = graph.input("content", ["candidates", shape.content]);
  const corrections = graph.input("corrections", ["candidates", width]);
  const keep = graph.input("keep", ["candidates", 1]);
  const slots = graph.input("slots", ["histories", window], "int64");
  const strengths = graph.input("strengths", ["histories", window, 1]);
  const gaps = graph.input("gaps", ["histories", window, 1]);
  const absence = graph.input("absence", ["histories", 1, 1, window]);
  const places = graph.input("places", ["targets"], "int64");

  const own = multiply(graph, corrections, keep);
  const projected = add(graph, matMul(graph, content, parameter("project")), parameter("offset"));
  const movies = add(graph, projected, own);
  const rows = gather(graph, movies, slots);
  const hidden = tasteTower({ graph, shape, parameter, dropout }, { rows, strengths, gaps, absence });
  const asked = gather(graph, reshape(graph, hidden, ["places", width]), places);
  const { loss, slopes } = crossEntropy(graph, asked, movies);
  const wanted = [corrections, ...parameters.values()];
  const gradients = differentiate(graph, slopes, wanted);
  graph.output("loss", loss);
  for (const [index, { name }] of wanted.entries()) graph.output(`d.${name}`, gradients[index] as Value);
  return encodeModel(graph, "training");
}

function crossEntropy(graph: Graph, asked: Value, movies: Value) {
  const targets = graph.input("targets", ["targets", 1], "int64");
  /** Each target's share of the loss; they add up to 1. */
  const importance = graph.input("importance", ["targets", 1]);
  /** What corrects for how often a candidate is drawn; far below 0 for nobody. */
  const bias = graph.input("bias", ["candidates"]);
  const shares = softmax(graph, matMulTransposed(graph, asked, movies, bias));
  const surprise = negate(graph, logarithm(graph, pick(graph, shares, targets)));
  const loss = sumOver(graph, multiply(graph, surprise, importance), [0, 1]);
  const right = reshape(graph, targets, ["targets"]);
  const scaled = multiply(graph, asked, importance);
  const toAsked = subtract(graph, matMul(graph, shares, movies), gather(graph, movies, right));
  const toMovies = subtract(graph, transposedMatMul(graph, shares, scaled), scatterRows(graph, movies, right, scaled));
  const slopes: [Value, Value][] = [
    [asked, multiply(graph, toAsked, importance)],
    [movies, toMovies],
  ];
  return { loss, slopes };
}
