import { inspectOnnx } from "@cinedeepmatch/models";
import type { MathEngine } from "../../onnx/math-engine.js";
import type { HeldOut } from "../hold-out.js";

/** Cases that are answered at once. */
const BATCH = 16;

/** A served model, loaded: what anybody who has its files can ask of it. */
export interface ServedModel {
  readonly taste: Uint8Array;
  readonly item: Uint8Array;
  /** Content vectors of all movies that are ranked, (movies + 1) × content; row 0 is empty. */
  readonly content: Float32Array;
  readonly contentLength: number;
  /** Facts of all these movies, (movies + 1) × any length; read only where the model asks for them. */
  readonly facts: Float32Array;
  /** What each of these movies is to the model: its index in items.txt from 1, or 0. */
  readonly known: Int32Array;
  readonly maxEvents: number;
}

/** Runs taste.onnx and item.onnx and gives every case the score of every movie, batch by batch. */
export async function* scoreWithModel(
  engine: MathEngine,
  model: ServedModel,
  cases: readonly HeldOut[],
): AsyncGenerator<Float32Array> {
  const behavioural = await behaviouralVectors(engine, model);
  const movies = model.known.length;
  const width = behavioural.length / movies;
  const movieOf = new Map(Array.from(model.known, (known, movie) => [known, movie]));
  const program = await engine.load(model.taste);
  try {
    for (let from = 0; from < cases.length; from += BATCH) {
      const batch = cases.slice(from, from + BATCH);
      const outputs = await program.run(eventInputs(model, batch));
      const query = outputs.query?.data as Float32Array;
      const neighbours = outputs.neighbours as { data: BigInt64Array; shape: readonly number[] };
      const neighbourScores = outputs.neighbour_scores?.data as Float32Array;
      const count = neighbours.shape[1] as number;
      for (let row = 0; row < batch.length; row++) {
        const scores = products(query.subarray(row * width, (row + 1) * width), behavioural, movies);
        for (let at = row * count; at < (row + 1) * count; at++) {
          const movie = movieOf.get(Number(neighbours.data[at]));
          if (neighbours.data[at] === 0n || movie === undefined) continue;
          scores[movie] = (scores[movie] as number) + (neighbourScores[at] as number);
        }
        yield scores;
      }
    }
  } finally {
    await program.release();
  }
}

/** What item.onnx makes of every movie. */
export async function behaviouralVectors(
  engine: MathEngine,
  { item, content, contentLength, facts, known }: Omit<ServedModel, "taste" | "maxEvents">,
): Promise<Float32Array> {
  const program = await engine.load(item);
  const asksForFacts = Object.hasOwn(inspectOnnx(item).inputs, "facts");
  const outputs = await program.run({
    vectors: { data: content, shape: [known.length, contentLength] },
    items: { data: BigInt64Array.from(known, BigInt), shape: [known.length] },
    ...(asksForFacts && { facts: { data: facts, shape: [known.length, facts.length / known.length] } }),
  });
  await program.release();
  return outputs.behavioural?.data as Float32Array;
}

/** Histories as the model wants them: at the right edge, the oldest left out where there are more than it looks at. */
function eventInputs({ content, contentLength, known, maxEvents }: ServedModel, cases: readonly HeldOut[]) {
  const events = Math.min(maxEvents, Math.max(1, ...cases.map(({ items }) => items.length)));
  const size = cases.length * events;
  const vectors = new Float32Array(size * contentLength);
  const items = new BigInt64Array(size);
  const weights = new Float32Array(size);
  const ages = new Float32Array(size);
  for (const [row, held] of cases.entries()) {
    const start = Math.max(0, held.items.length - events);
    for (let event = start; event < held.items.length; event++) {
      const at = (row + 1) * events - held.items.length + event;
      const movie = held.items[event] as number;
      items[at] = BigInt(known[movie] as number);
      weights[at] = held.weights[event] as number;
      ages[at] = held.ages[event] as number;
      vectors.set(content.subarray(movie * contentLength, (movie + 1) * contentLength), at * contentLength);
    }
  }
  const shape = [cases.length, events];
  return {
    vectors: { data: vectors, shape: [...shape, contentLength] },
    items: { data: items, shape },
    weights: { data: weights, shape },
    ages: { data: ages, shape },
  };
}

function products(query: Float32Array, vectors: Float32Array, movies: number): Float32Array {
  const scores = new Float32Array(movies);
  for (let movie = 1; movie < movies; movie++) {
    let sum = 0;
    for (let index = 0, at = movie * query.length; index < query.length; index++, at++) {
      sum += (query[index] as number) * (vectors[at] as number);
    }
    scores[movie] = sum;
  }
  return scores;
}
