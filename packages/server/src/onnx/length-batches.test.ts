import fc from "fast-check";
import { expect, test } from "vitest";
import { lengthBatches } from "./length-batches.js";

test("every text is in exactly one batch", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 3000 })), (texts) => {
      const positions = lengthBatches(texts).flat();
      expect(positions.sort((a, b) => a - b)).toEqual(texts.map((_, i) => i));
    }),
  );
});

test("batches are small, and a long text goes alone", () => {
  const texts = [...Array.from({ length: 40 }, () => "short"), "x".repeat(5000)];
  const sizes = lengthBatches(texts).map((batch) => batch.length);
  expect(sizes).toEqual([16, 16, 8, 1]);
});
