import { expect, test } from "vitest";
import { hit, meanOf, ndcg, ranksOf, recall } from "./ranks.js";

const scores = Float64Array.from([9, 5, 7, 5, 5, 1]);
const nobody = new Uint8Array(6);

test("ranks count who is better; index 0 is no movie", () => {
  expect(ranksOf(scores, nobody, [2])).toEqual([1]);
  expect(ranksOf(scores, nobody, [5])).toEqual([5]);
});

test("movies with equal scores share the mean of their ranks, so that equal scores for all are worth the middle", () => {
  expect(ranksOf(scores, nobody, [1, 3, 4])).toEqual([3, 3, 3]);
  expect(ranksOf(new Float64Array(102), new Uint8Array(102), [7])).toEqual([51]);
});

test("what is excluded takes no rank", () => {
  expect(ranksOf(scores, Uint8Array.from([0, 0, 1, 1, 0, 0]), [1])).toEqual([1.5]);
});

test("measures are those computed by hand", () => {
  expect(ndcg([1], 10)).toBe(1);
  expect(ndcg([3], 10)).toBeCloseTo(0.5, 12);
  expect(ndcg([11], 10)).toBe(0);
  expect(ndcg([2, 4], 10)).toBeCloseTo((1 / Math.log2(3) + 1 / Math.log2(5)) / (1 + 1 / Math.log2(3)), 12);
  expect([hit([10], 10), hit([10.5], 10), hit([40, 2], 10)]).toEqual([1, 0, 1]);
  expect(recall([1, 5, 30], 20)).toBeCloseTo(2 / 3, 12);
  expect(
    recall(
      Array.from({ length: 40 }, (_, index) => index + 1),
      20,
    ),
  ).toBe(1);
});

test("the standard error is the deviation of the mean", () => {
  const { mean, standardError } = meanOf([0, 1, 0, 1]);
  expect(mean).toBe(0.5);
  expect(standardError).toBeCloseTo(Math.sqrt(1 / 3) / 2, 12);
});
