import { expect, test } from "vitest";
import type { LearningEvent } from "./activity.js";
import { readActivity } from "./read-activity.js";
import { inBatches } from "./synthetic-world.test.support.js";

const event = (userId: string, movieId: string, time: number, weight = 1): LearningEvent => ({
  userId,
  movieId,
  time,
  weight,
});
const indexOf = (id: string) => ({ a: 1, b: 2, c: 3 })[id];

test("events come in any order and batch, and leave in order of time, user by user", async () => {
  const events = [
    event("u", "b", 20),
    event("v", "c", 5),
    event("u", "a", 10),
    event("v", "a", 4),
    event("u", "c", 30),
  ];
  const counts: number[] = [];
  const { histories } = await readActivity(inBatches(events, 2), indexOf, (count) => counts.push(count));
  expect([...histories.starts]).toEqual([0, 3, 5]);
  expect([...histories.items]).toEqual([1, 2, 3, 1, 3]);
  expect([...histories.times]).toEqual([10, 20, 30, 4, 5]);
  expect(counts).toEqual([2, 4, 5]);
});

test("events of one time keep their order", async () => {
  const events = ["c", "a", "b", "a"].map((id) => event("u", id, 0));
  const { histories } = await readActivity(inBatches(events), indexOf, () => {});
  expect([...histories.items]).toEqual([3, 1, 2, 1]);
});

test("unknown movies and events that say nothing are left out, and weights are kept within bounds", async () => {
  const events = [event("u", "x", 1), event("u", "a", 2, 0), event("u", "b", 3, -9), event("u", "c", 4, Number.NaN)];
  const { histories, events: kept } = await readActivity(inBatches(events), indexOf, () => {});
  expect(kept).toBe(1);
  expect([[...histories.items], [...histories.weights]]).toEqual([[2], [-1]]);
});

test("more events than there was room for at first are all kept", async () => {
  const events = Array.from({ length: 10_000 }, (_, time) => event(`u${time % 7}`, "abc"[time % 3] as string, time));
  const { histories, events: kept } = await readActivity(inBatches(events), indexOf, () => {});
  expect([kept, histories.items.length, histories.starts.at(-1)]).toEqual([10_000, 10_000, 10_000]);
});
