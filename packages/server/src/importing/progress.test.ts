import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { formatSeconds } from "./format-seconds.js";
import { Pace } from "./pace.js";
import { createProgress, type ProgressStream } from "./progress.js";

test("the pace is that of the last 15 seconds", () => {
  let now = 0;
  const pace = new Pace(() => now);
  pace.add(0, 0);
  expect(pace.rate()).toBeUndefined();
  expect(pace.secondsLeft(100)).toBeUndefined();
  now = 1_000;
  // A resumed import passes over what is stored in no time.
  pace.add(50, 50_000);
  for (now = 2_000; now <= 22_000; now += 1_000) pace.add(50 + now / 1_000, 50_000 + now / 10);
  expect(pace.rate()).toBeCloseTo(100, 6);
  expect(pace.secondsLeft(102)).toBeCloseTo(30, 6);
});

test("times are short and readable", () => {
  expect([0.2, 59, 59.5, 61, 3_600, 3_725].map(formatSeconds)).toEqual([
    "1s",
    "59s",
    "1m 00s",
    "1m 01s",
    "1h 00m",
    "1h 02m",
  ]);
});

test("on a terminal there is a bar, and notes go above it", () => {
  let text = "";
  const stream: ProgressStream = Object.assign(new PassThrough(), { isTTY: true, columns: 120, cursorTo: () => true });
  stream.write = ((chunk: string) => {
    text += chunk;
    return true;
  }) as typeof stream.write;
  let now = 0;
  const progress = createProgress(stream, false, () => (now += 1_000));
  const task = progress.begin("Importing", "rows", 200);
  task.update(50, 10);
  progress.note("file:3: is bad");
  task.update(100, 20);
  task.end();
  expect(text).toContain("\r\u001b[Kfile:3: is bad\n");
  expect(text).toMatch(/Importing █{15}░{15} 50% \| 20 rows \| 10\/s \| ETA 2s/);
});

test("quiet shows notes only", () => {
  const stream = new PassThrough({ encoding: "utf8" });
  const progress = createProgress(stream, true);
  const task = progress.begin("Importing", "rows", 200);
  task.update(50, 10);
  progress.note("file:3: is bad");
  task.end();
  expect(stream.read()).toBe("file:3: is bad\n");
});
