import type { MathEngine, MathProgram, MathTensors } from "../../onnx/math-engine.js";
import type { Histories } from "../activity.js";
import type { Random } from "../random.js";
import { Adam } from "./adam.js";
import { type Batch, layOut } from "./batch.js";
import { type Candidates, chooseCandidates } from "./candidates.js";
import { sharedFloats } from "./shared-array.js";
import { towerParameters } from "./tower-shape.js";
import type { TowerWeights } from "./tower-weights.js";
import { trainingGraph } from "./training-graph.js";
import type { Window } from "./windows.js";

/** What learning is done with. */
export interface TrainerOptions {
  readonly engine: MathEngine;
  readonly histories: Histories;
  /** Content vectors, (movies + 1) × content, centred and scaled. */
  readonly content: Float32Array;
  readonly random: Random;
  /** The share of numbers that is silenced in each step. */
  readonly dropout: number;
  /** The share of movies whose correction is left out in each step. */
  readonly correctionDropout: number;
  readonly decay: number;
  /** In a catalogue of more movies the next one is told from a sample. */
  readonly mostCandidates?: number;
}

/** Takes steps: batch by batch it makes the weights tell the next movie better. */
export class TowerTrainer {
  readonly #adams: Map<string, Adam>;
  readonly #shares: Float64Array;

  private constructor(
    readonly weights: TowerWeights,
    private readonly program: MathProgram,
    private readonly options: TrainerOptions,
  ) {
    const { corrections, parameters, shape } = weights;
    const { decay, histories } = options;
    // A scale or a shift is one number a column; what is pulled to 0 are the movies' own corrections.
    const adams = [...parameters].map(
      ([name, values]) => [name, new Adam(values, values.length, { decay: 0 })] as const,
    );
    this.#adams = new Map([...adams, ["corrections", new Adam(corrections, shape.width, { decay })]]);
    this.#shares = new Float64Array(corrections.length / shape.width);
    for (const item of histories.items)
      this.#shares[item] = (this.#shares[item] as number) + 1 / histories.items.length;
  }

  static async start(weights: TowerWeights, options: TrainerOptions): Promise<TowerTrainer> {
    const program = await options.engine.load(trainingGraph(weights.shape, options.dropout));
    return new TowerTrainer(weights, program, options);
  }

  /** @returns the loss: the mean surprise at the next movie, in nats */
  async step(windows: readonly Window[], rate: number): Promise<number> {
    const { histories, random, mostCandidates } = this.options;
    const batch = layOut(histories, windows, this.weights.shape.window);
    if (batch.targets.length === 0) return 0;
    const candidates = chooseCandidates(this.#shares, batch, random, mostCandidates);
    const outputs = await this.program.run(this.#feeds(batch, candidates));
    for (const [name, adam] of this.#adams) {
      const rows = name === "corrections" ? candidates.items : undefined;
      adam.step(outputs[`d.${name}`]?.data as Float32Array, rate, rows);
    }
    this.weights.corrections.fill(0, 0, this.weights.shape.width);
    return outputs.loss?.data[0] as number;
  }

  async close(): Promise<void> {
    await this.program.release();
  }

  #feeds(batch: Batch, candidates: Candidates): MathTensors {
    const { shape, parameters, corrections } = this.weights;
    const { window, width, content: length } = shape;
    const { content, correctionDropout, random } = this.options;
    const count = candidates.items.length;
    const keep = Float32Array.from({ length: count }, () => (random() < correctionDropout ? 0 : 1));
    const own = Object.fromEntries(
      towerParameters(shape).map(({ name, shape: sizes }) => [
        name,
        { data: parameters.get(name) as Float32Array, shape: sizes },
      ]),
    );
    const events = [batch.histories, window, 1];
    return {
      ...own,
      content: { data: rowsOf(content, length, candidates), shape: [count, length] },
      corrections: { data: rowsOf(corrections, width, candidates), shape: [count, width] },
      keep: { data: keep, shape: [count, 1] },
      slots: { data: numbers(batch.items, candidates), shape: [batch.histories, window] },
      strengths: { data: batch.strengths, shape: events },
      gaps: { data: batch.gaps, shape: events },
      absence: { data: batch.absence, shape: [batch.histories, 1, 1, window] },
      places: { data: batch.places, shape: [batch.places.length] },
      targets: { data: numbers(batch.targets, candidates), shape: [batch.targets.length, 1] },
      importance: { data: batch.importance, shape: [batch.targets.length, 1] },
      bias: { data: candidates.bias, shape: [count] },
    };
  }
}

const numbers = (items: Int32Array, { of }: Candidates) => BigInt64Array.from(items, (item) => BigInt(of(item)));

/** The whole table in place where all its rows are meant, else a copy of the rows. */
function rowsOf(table: Float32Array, width: number, { items, isWhole }: Candidates): Float32Array {
  if (isWhole) return table;
  const rows = sharedFloats(items.length * width);
  for (const [row, item] of items.entries()) rows.set(table.subarray(item * width, (item + 1) * width), row * width);
  return rows;
}
