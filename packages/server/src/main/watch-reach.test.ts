import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchReach } from "./watch-reach.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("what is away for two questions makes it unready until it answers, and the log says so once each", async () => {
  let away = false;
  const said: string[] = [];
  const note = (fields: object, message: string) => void said.push(`${(fields as { name: string }).name}: ${message}`);
  const store = {
    name: "store",
    ask: async () => {
      if (away) throw new Error("away");
    },
  };
  const other = { name: "other", ask: async () => {} };
  const watch = watchReach([store, other], { info: note, warn: note });
  await vi.advanceTimersByTimeAsync(4_000);
  expect(watch.isReachable).toBe(true);
  away = true;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(watch.isReachable).toBe(true);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(watch.isReachable).toBe(false);
  away = false;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(watch.isReachable).toBe(true);
  await watch.close();
  expect(said).toEqual(["store: it does not answer; this server is not ready", "store: it answers again"]);
});
