import fc from "fast-check";
import { expect, test } from "vitest";
import { fuse } from "./fuse.js";

const candidates = fc.uniqueArray(
  fc.record({
    ordinal: fc.nat(1000),
    dense: fc.double({ min: -1, max: 1, noNaN: true }),
    lexical: fc.double({ min: 0, max: 60, noNaN: true }),
    title: fc.constantFrom(0, 0.5, 1),
  }),
  { selector: ({ ordinal }) => ordinal, minLength: 1, maxLength: 40 },
);

test("scores lie between 0 and 1, best first, one for each candidate", () => {
  fc.assert(
    fc.property(candidates, (given) => {
      const fused = fuse(given);
      expect(fused.map(({ ordinal }) => ordinal).sort()).toEqual(given.map(({ ordinal }) => ordinal).sort());
      for (const [i, { score, semantic, lexical }] of fused.entries()) {
        for (const part of [score, semantic, lexical]) expect(part >= 0 && part <= 1 + 1e-9).toBe(true);
        expect(score).toBeLessThanOrEqual(fused[i - 1]?.score ?? 1 + 1e-9);
      }
    }),
  );
});

test("a movie whose title is the query comes before all others", () => {
  fc.assert(
    fc.property(candidates, (given) => {
      const titles = new Set(given.filter(({ title }) => title === 1).map(({ ordinal }) => ordinal));
      const first = fuse(given).slice(0, titles.size);
      expect(first.every(({ ordinal }) => titles.has(ordinal))).toBe(true);
    }),
  );
});

test("a candidate that is better in both ways is never behind", () => {
  const fused = fuse([
    { ordinal: 1, dense: 0.2, lexical: 3 },
    { ordinal: 2, dense: 0.4, lexical: 5 },
    { ordinal: 3, dense: 0.1, lexical: 2 },
  ]);
  expect(fused.map(({ ordinal }) => ordinal)).toEqual([2, 1, 3]);
});

test("the order of the candidates makes no difference", () => {
  fc.assert(
    fc.property(candidates, (given) => {
      expect(fuse([...given].reverse())).toEqual(fuse(given));
    }),
  );
});

test("when no word matches, the meaning alone decides; when nothing is given, nothing comes", () => {
  expect(
    fuse([
      { ordinal: 1, dense: 0.9, lexical: 0 },
      { ordinal: 2, dense: 0.1, lexical: 0 },
    ])[0],
  ).toMatchObject({ ordinal: 1 });
  expect(fuse([])).toEqual([]);
});
