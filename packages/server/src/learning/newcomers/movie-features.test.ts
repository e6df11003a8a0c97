import { expect, test } from "vitest";
import { normal, seededRandom } from "../random.js";
import { crossFit } from "./fit-projection.js";
import { movieFeatures } from "./movie-features.js";

const MOVIES = 400;
const random = seededRandom(6);
const content = Float32Array.from({ length: (MOVIES + 1) * 4 }, (_, at) => (at < 4 ? 0 : normal(random, 1)));
const facts = Float32Array.from({ length: (MOVIES + 1) * 2 }, (_, at) => (at >= 2 && random() < 0.5 ? 1 : 0));
const ids = Array.from({ length: MOVIES }, (_, place) => `m${place}`);
/** 1 where just one of the two facts is true, which no sum of facts tells. */
const vectors = Float32Array.from({ length: MOVIES + 1 }, (_, movie) =>
  facts[2 * movie] === facts[2 * movie + 1] ? 0 : 1,
);
const trust = new Float64Array(MOVIES + 1).fill(1);

function errorOf(values: Float32Array, length: number): number {
  const { leftOut, movies } = crossFit({ content: values, length, vectors, width: 1, trust }, seededRandom(1));
  const square = (movie: number) => ((leftOut[movie] as number) - (vectors[movie] as number)) ** 2;
  return movies.reduce((sum, movie) => sum + square(movie), 0) / movies.length;
}

test("what facts say only together is told of movies that were left out", () => {
  const { values, length } = movieFeatures({ ids, content, facts });
  expect(errorOf(values, length)).toBeLessThan(0.05);
  expect(errorOf(facts, 2)).toBeGreaterThan(0.2);
});

test("without facts there is nothing but content", () => {
  const { values, length, waves } = movieFeatures({ ids, content, facts: new Float32Array(0) });
  expect(length).toBe(4);
  expect(values).toHaveLength(content.length);
  expect(waves).toBeUndefined();
});
