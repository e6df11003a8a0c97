import { describe, expect, test } from "vitest";
import { diversify } from "./diversify.js";

const items = [
  { kind: "a", score: 0.9 },
  { kind: "a", score: 0.89 },
  { kind: "a", score: 0.88 },
  { kind: "b", score: 0.6 },
  { kind: "c", score: 0.5 },
];
const likeness = (x: { kind: string }, y: { kind: string }) => (x.kind === y.kind ? 1 : 0);

describe("diversify", () => {
  test("changes nothing at 0", () => {
    expect(diversify(items, 0, 5, likeness)).toEqual(items);
  });

  test("keeps the best first and brings other kinds forward", () => {
    expect(
      diversify(items, 1, 3, likeness)
        .slice(0, 3)
        .map(({ kind }) => kind),
    ).toEqual(["a", "b", "c"]);
  });

  test("loses and repeats nothing", () => {
    expect(new Set(diversify(items, 0.7, 2, likeness))).toEqual(new Set(items));
  });

  test("a longer page begins with the shorter one", () => {
    const two = diversify(items, 0.5, 2, likeness).slice(0, 2);
    expect(diversify(items, 0.5, 4, likeness).slice(0, 2)).toEqual(two);
  });
});
