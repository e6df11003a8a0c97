import { expect, test } from "vitest";
import { ItemMatrix } from "./item-matrix.js";

test("rows survive growth and stay where they were put", () => {
  const matrix = new ItemMatrix(2, 1);
  for (let row = 0; row < 100; row++) matrix.set(row, Float32Array.of(row, -row));
  expect(matrix.count).toBe(100);
  for (let row = 0; row < 100; row++) expect(matrix.row(row)).toEqual(Float32Array.of(row, -row));
});

test("a row that was skipped or removed has neither vector nor score", () => {
  const matrix = new ItemMatrix(1);
  matrix.set(2, Float32Array.of(3));
  expect(matrix.row(0)).toBeUndefined();
  expect(matrix.score(2, Float32Array.of(2))).toBe(6);
  matrix.remove(2);
  expect(matrix.row(2)).toBeUndefined();
  expect(matrix.score(2, Float32Array.of(2))).toBe(Number.NEGATIVE_INFINITY);
});

test("the memory is shared, so a scan sees a row written after the matrix was handed over", () => {
  const matrix = new ItemMatrix(1);
  matrix.set(0, Float32Array.of(1));
  const view = matrix.items;
  matrix.set(0, Float32Array.of(5));
  expect(view.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(view[0]).toBe(5);
});

test("vectors of the wrong length and negative rows are refused", () => {
  const matrix = new ItemMatrix(2);
  expect(() => matrix.set(0, new Float32Array(3))).toThrow(RangeError);
  expect(() => matrix.set(-1, new Float32Array(2))).toThrow(RangeError);
});
