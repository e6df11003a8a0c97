import { expect, test } from "vitest";
import type { HeldOut } from "../hold-out.js";
import { normal, seededRandom } from "../random.js";
import { sharpnessOf } from "./sharpness.js";

test("how sharp scores are is found in what came of them", () => {
  const random = seededRandom(2);
  const movies = 20;
  const items = Int32Array.from({ length: (movies + 1) * movies }, (_, at) => 1 + (at % movies));
  const scores = Float32Array.from(items, () => 2 + normal(random, 0.5));
  const channel = { table: { width: movies, items, scores }, byDistance: Float32Array.of(1) };
  const follow = (movie: number, sharpness: number) => {
    // The largest of independent Gumbel numbers around the scores is a draw from their softmax.
    const drawn = Array.from({ length: movies }, (_, place) =>
      place + 1 === movie
        ? Number.NEGATIVE_INFINITY
        : sharpness * (scores[movie * movies + place] as number) - Math.log(-Math.log(1 - random())),
    );
    return 1 + drawn.indexOf(Math.max(...drawn));
  };
  for (const sharpness of [0.7, 3]) {
    const cases = Array.from({ length: 400 }, (_, index): HeldOut => {
      const movie = 1 + (index % movies);
      const [weights, ages] = [Float32Array.of(1), Float32Array.of(0)];
      return { items: Int32Array.of(movie), weights, ages, targets: Int32Array.of(follow(movie, sharpness)) };
    });
    const found = sharpnessOf([channel], cases, movies);
    expect(Math.abs(Math.log(found / sharpness))).toBeLessThan(Math.log(1.3));
  }
});
