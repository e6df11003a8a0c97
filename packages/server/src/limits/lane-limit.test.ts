import { expect, test } from "vitest";
import { LaneLimit } from "./lane-limit.js";

const OPTIONS = { most: 1_000, least: 8, start: 64, targetMs: 50 };

/** A lane whose worker takes `serviceMs` for each request, and callers who come every `everyMs`, for a while. */
function simulate(
  limit: LaneLimit,
  clock: { now: number },
  load: { everyMs: number; serviceMs: number; forMs: number },
) {
  const waiting: number[] = [];
  const waits: number[] = [];
  let [shed, nextCaller, workerFreeAt] = [0, clock.now, clock.now];
  for (const end = clock.now + load.forMs; clock.now < end; clock.now++) {
    for (; nextCaller <= clock.now; nextCaller += load.everyMs) {
      if (waiting.length < limit.value) waiting.push(clock.now);
      else {
        shed++;
        limit.refused();
      }
    }
    if (workerFreeAt > clock.now || waiting.length === 0) continue;
    const since = waiting.shift() ?? 0;
    waits.push(clock.now - since);
    limit.answered(clock.now - since, waiting.length + 1);
    workerFreeAt = clock.now + load.serviceMs;
  }
  return { shed, waits, answered: waits.length };
}

test("a load that is met is never refused, however many wait for a moment", () => {
  const clock = { now: 0 };
  const limit = new LaneLimit({ ...OPTIONS, now: () => clock.now });
  const { shed, answered } = simulate(limit, clock, { everyMs: 10, serviceMs: 8, forMs: 30_000 });
  expect(shed).toBe(0);
  expect(answered).toBeGreaterThan(2_990);
});

test("under three times what can be done the wait stays short and the worker busy", () => {
  const clock = { now: 0 };
  const limit = new LaneLimit({ ...OPTIONS, now: () => clock.now });
  simulate(limit, clock, { everyMs: 4, serviceMs: 12, forMs: 5_000 });
  const { shed, waits, answered } = simulate(limit, clock, { everyMs: 4, serviceMs: 12, forMs: 20_000 });
  expect(answered).toBeGreaterThan((20_000 / 12) * 0.97);
  expect(shed).toBeGreaterThan(0);
  expect(waits.sort((a, b) => a - b)[Math.floor(waits.length * 0.99)]).toBeLessThan(250);
});

test("is back where it was soon after the flood", () => {
  const clock = { now: 0 };
  const limit = new LaneLimit({ ...OPTIONS, now: () => clock.now });
  simulate(limit, clock, { everyMs: 2, serviceMs: 12, forMs: 5_000 });
  expect(limit.value).toBeLessThan(50);
  simulate(limit, clock, { everyMs: 20, serviceMs: 5, forMs: 6_000 });
  expect(limit.value).toBe(OPTIONS.start);
});

test("knows a flood soon after the first were refused", () => {
  const clock = { now: 0 };
  const limit = new LaneLimit({ ...OPTIONS, targetMs: 4, now: () => clock.now });
  const { shed } = simulate(limit, clock, { everyMs: 2, serviceMs: 6, forMs: 270 });
  expect(shed).toBeGreaterThan(0);
  expect(limit.value).toBeLessThan(OPTIONS.start / 4);
});

test("a moment in which nobody waits does not end a flood, and a while does", () => {
  const clock = { now: 0 };
  const limit = new LaneLimit({ ...OPTIONS, now: () => clock.now });
  simulate(limit, clock, { everyMs: 2, serviceMs: 12, forMs: 5_000 });
  const inFlood = limit.value;
  expect(inFlood).toBeLessThan(OPTIONS.start);
  limit.wasIdle(5);
  expect(limit.value).toBe(inFlood);
  limit.wasIdle(500);
  expect(limit.value).toBe(OPTIONS.start);
});

test("never goes below its least, however slow the answers are", () => {
  const clock = { now: 0 };
  const limit = new LaneLimit({ ...OPTIONS, now: () => clock.now });
  for (let i = 0; i < 200; i++, clock.now += 600) limit.answered(5_000, OPTIONS.least + 1);
  expect(limit.value).toBe(OPTIONS.least);
});

test("goes below its least while more are refused than answered, and only then", () => {
  const clock = { now: 0 };
  const limit = new LaneLimit({ ...OPTIONS, leastInFlood: 2, now: () => clock.now });
  simulate(limit, clock, { everyMs: 10, serviceMs: 12, forMs: 10_000 });
  expect(limit.value).toBeGreaterThanOrEqual(OPTIONS.least);
  simulate(limit, clock, { everyMs: 2, serviceMs: 30, forMs: 10_000 });
  expect(limit.value).toBeLessThan(OPTIONS.least);
  simulate(limit, clock, { everyMs: 10, serviceMs: 8, forMs: 2_000 });
  expect(limit.value).toBeGreaterThanOrEqual(OPTIONS.least);
});

test("is not moved by a machine that is slow while few wait", () => {
  const clock = { now: 0 };
  const limit = new LaneLimit({ ...OPTIONS, now: () => clock.now });
  for (let i = 0; i < 200; i++, clock.now += 600) limit.answered(5_000, OPTIONS.least);
  expect(limit.value).toBe(OPTIONS.start);
  expect(limit.expectedMs(10)).toBeUndefined();
});

test("tells how long the wait is from how fast answers come, but only while there is a wait", () => {
  const clock = { now: 0 };
  const limit = new LaneLimit({ ...OPTIONS, now: () => clock.now });
  for (let i = 0; i < 100; i++, clock.now += 20) limit.answered(1, 1);
  expect(limit.expectedMs(100)).toBeUndefined();
  for (let i = 0; i < 100; i++, clock.now += 20) limit.answered(200, 100);
  expect(limit.expectedMs(100)).toBeGreaterThan(1_500);
  expect(limit.expectedMs(100)).toBeLessThan(2_500);
});
