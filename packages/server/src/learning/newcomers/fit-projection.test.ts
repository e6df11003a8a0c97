import { expect, test } from "vitest";
import { normal, seededRandom } from "../random.js";
import { crossFit, fitProjection } from "./fit-projection.js";
import { projectRow } from "./ridge.js";

test("vectors that content decides are told of movies that the projection was not fitted on", () => {
  const random = seededRandom(3);
  const [movies, length, width] = [400, 6, 3];
  const truth = Float64Array.from({ length: length * width }, () => normal(random, 1));
  const content = Float32Array.from({ length: (movies + 1) * length }, () => normal(random, 1));
  const vectors = new Float32Array((movies + 1) * width);
  for (let at = width; at < vectors.length; at++) {
    const [movie, column] = [Math.floor(at / width), at % width];
    for (let row = 0; row < length; row++) {
      vectors[at] =
        (vectors[at] as number) + (content[movie * length + row] as number) * (truth[row * width + column] as number);
    }
    vectors[at] = (vectors[at] as number) + 2 + normal(random, 0.1);
  }
  const trust = new Float64Array(301).fill(1);
  const fitted = fitProjection({ content, length, vectors, width, trust }, seededRandom(1));
  let [error, size] = [0, 0];
  for (let movie = 301; movie <= movies; movie++) {
    for (const [column, guess] of projectRow({ content, length, width }, fitted, movie).entries()) {
      error += (guess - (vectors[movie * width + column] as number)) ** 2;
      size += ((vectors[movie * width + column] as number) - 2) ** 2;
    }
  }
  expect(error / size).toBeLessThan(0.05);
});

test("what is told of a movie that was left out does not depend on its own vector", () => {
  const random = seededRandom(7);
  const [length, width, movies] = [3, 1, 50];
  const content = Float32Array.from({ length: (movies + 1) * length }, () => normal(random, 1));
  const vectors = Float32Array.from({ length: movies + 1 }, () => normal(random, 1));
  const input = { content, length, width, trust: new Float64Array(movies + 1).fill(1) };
  const before = crossFit({ ...input, vectors }, seededRandom(1));
  const own = before.movies.at(-1) as number;
  const changed = vectors.map((value, movie) => (movie === own ? value + 1 : value));
  const after = crossFit({ ...input, vectors: changed }, seededRandom(1));
  expect(after.leftOut[own]).toBeCloseTo(before.leftOut[own] as number, 5);
  const other = before.movies[0] as number;
  expect(after.leftOut[other]).not.toBeCloseTo(before.leftOut[other] as number, 5);
});
