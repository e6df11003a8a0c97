import { EventType } from "@cinedeepmatch/contract";
import { expect, test } from "vitest";
import { seededRandom } from "../../learning/random.js";
import { type LoggedEvent, splitInTime } from "./activity-log.js";
import { ClickThroughCount } from "./click-through.js";
import { pairedBootstrap } from "./paired-bootstrap.js";
import { gainsOf, popularityJudge, scoresOf } from "./score-next.js";

const event = (userId: string, movieId: string, time: number, weight = 1): LoggedEvent => ({
  userId,
  movieId,
  time,
  weight,
});
const ALL = { share: 0.5, most: 100, mostOfUser: 100 };

test("what has to be told lies after the split, is liked, is new to the user, and is told from all before it", () => {
  const events = [
    event("a", "1", 1),
    event("a", "2", 2),
    event("b", "1", 3, -1),
    event("a", "3", 4),
    event("a", "1", 5),
    event("b", "4", 6),
    event("a", "5", 7, -0.5),
    event("a", "6", 8),
  ];
  const { at, before, cases } = splitInTime(events.toReversed(), ALL);
  expect(at).toBe(5);
  expect(before.map(({ movieId }) => movieId)).toEqual(["1", "2", "1", "3"]);
  // Of b nothing is known that was liked; 1 is not new to a, and 5 was not liked.
  expect(cases.map(({ userId, target }) => `${userId}${target.movieId}`)).toEqual(["a6"]);
  expect(cases[0]?.history.map(({ movieId }) => movieId)).toEqual(["1", "2", "3", "1", "5"]);
});

test("cases are spread over all users and times when there are too many", () => {
  const events = Array.from({ length: 1_000 }, (_, at) => event(`u${at % 10}`, `m${at}`, at));
  const { cases } = splitInTime(events, { share: 0.5, most: 50, mostOfUser: 20 });
  expect(cases).toHaveLength(50);
  expect(new Set(cases.map(({ userId }) => userId)).size).toBe(10);
});

test("gains fall with the rank among the unseen, and ties gain nothing", async () => {
  const { cases } = splitInTime([event("a", "1", 1), event("a", "2", 2), event("a", "3", 3)], { ...ALL, share: 0.3 });
  const movies = ["1", "2", "3", "4", "5"];
  expect(cases).toHaveLength(1);
  const told = await gainsOf(cases, movies, async () => (id) => (id === "3" ? 2 : id === "4" ? 3 : 0));
  expect(told[0]).toBeCloseTo(1 / Math.log2(3), 12);
  expect(scoresOf(told)).toEqual({ "ndcg@10": told[0], "hr@10": 1 });
  const tied = await gainsOf(cases, movies, async () => () => 1);
  expect(tied[0]).toBeCloseTo(1 / Math.log2(3), 12);
  const popular = await gainsOf(cases, movies, popularityJudge([event("x", "3", 0), event("y", "4", 0, -1)]));
  expect(popular).toEqual([1]);
});

test("a difference that few users make is not called one", () => {
  const random = seededRandom(1);
  const sure = Array.from({ length: 300 }, (_, at) => ({
    user: `${at % 60}`,
    first: 0.3 + (at % 7) / 50,
    second: 0.2,
  }));
  expect(pairedBootstrap(sure, random)).toMatchObject({ better: true });
  const oneUser = Array.from({ length: 300 }, (_, at) => ({
    user: at < 250 ? "x" : `${at}`,
    first: at < 250 ? 1 : 0,
    second: at < 250 ? 0 : 0.1,
  }));
  const { better, difference } = pairedBootstrap(oneUser, random);
  expect(difference).toBeGreaterThan(0.5);
  expect(better).toBe(false);
  expect(pairedBootstrap([], random)).toMatchObject({ difference: 0, better: false });
});

test("answers count once, by the best that came of them", () => {
  const count = new ClickThroughCount();
  for (const [matchId, type] of [
    ["a", EventType.VIEWED],
    ["a", EventType.CLICKED],
    ["a", EventType.CLICKED],
    ["b", EventType.VIEWED],
    ["c", EventType.LIKED],
    ["", EventType.LIKED],
  ] as const) {
    count.add({ matchId, type });
  }
  const counted = { answersWithEvents: 3, clicked: 1, taken: 1, attributedEvents: 5, attributedShare: 5 / 6 };
  expect(count.result()).toEqual(counted);
  expect(count.result(10)).toEqual({ ...counted, clickThroughRate: 0.1 });
});
