import { expect, test } from "vitest";
import { type Histories, spanOf } from "./activity.js";
import { holdOut } from "./hold-out.js";
import { seededRandom } from "./random.js";

function histories(...rows: (readonly number[])[]): Histories {
  const items = Int32Array.from(rows.flat(), Math.abs);
  return {
    starts: Int32Array.from([0, ...rows.map((_, user) => rows.slice(0, user + 1).flat().length)]),
    items,
    weights: Float32Array.from(rows.flat(), Math.sign),
    times: Float64Array.from(items.keys()),
  };
}

test("the last event of each user is held out, unless it is a dislike or there is too little before it", () => {
  const { train, cases } = holdOut(histories([1, 2, 3], [4, 5], [1, 2, -6]), "next", 10, seededRandom(1));
  expect(cases).toHaveLength(1);
  expect(cases[0]).toMatchObject({
    items: Int32Array.of(1, 2),
    ages: Float32Array.of(2, 1),
    targets: Int32Array.of(3),
  });
  expect([...train.items]).toEqual([1, 2, 4, 5, 1, 2, 6]);
  expect([...train.starts]).toEqual([0, 2, 4, 7]);
});

test("whole users are held out for the rest, and a fifth of their movies is to be found", () => {
  const rows = Array.from({ length: 40 }, () => [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const { train, cases } = holdOut(histories(...rows), "rest", 100, seededRandom(1));
  expect(cases).toHaveLength(4);
  expect(train.items).toHaveLength(360);
  for (const { items, targets } of cases) {
    expect([items.length, targets.length]).toEqual([8, 2]);
    expect([...items, ...targets].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect([...items]).toEqual([...items].sort((a, b) => a - b));
  }
  const empty = Array.from({ length: 40 }, (_, user) => spanOf(train, user)).filter(([from, to]) => from === to);
  expect(empty).toHaveLength(4);
});
