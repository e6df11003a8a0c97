import { expect, test } from "vitest";
import { normal, seededRandom } from "../random.js";
import { fitProjection, projectRow } from "./fit-projection.js";

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
