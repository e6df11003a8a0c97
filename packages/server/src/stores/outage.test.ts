import { ErrorReason } from "@cinedeepmatch/contract";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ServiceError } from "../matching/service-error.js";
import { Outage } from "./outage.js";

const error = new ServiceError(ErrorReason.STORE_UNAVAILABLE, "away");

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** For how long calls are refused from now on. */
function refusedFor(outage: Outage): number {
  for (let ms = 0; ; ms += 50) {
    try {
      outage.check();
      return ms;
    } catch (refusal) {
      expect(refusal).toBe(error);
      vi.advanceTimersByTime(50);
    }
  }
}

test("a server that is away is tried less and less often, but every two seconds at least", () => {
  const outage = new Outage();
  const refusals = Array.from({ length: 8 }, () => {
    outage.begin(error, performance.now());
    return refusedFor(outage);
  });
  expect(refusals).toEqual([100, 200, 400, 800, 1600, 2000, 2000, 2000]);
  outage.end();
  vi.advanceTimersByTime(1);
  outage.begin(error, performance.now());
  expect(refusedFor(outage)).toBe(100);
});

test("calls that fail together are one failure", () => {
  const outage = new Outage();
  const since = performance.now();
  for (let call = 0; call < 30; call++) outage.begin(error, since);
  expect(refusedFor(outage)).toBe(100);
});

test("a call that fails while others succeed refuses nobody anything", () => {
  const outage = new Outage();
  const since = performance.now();
  vi.advanceTimersByTime(10);
  outage.end();
  outage.begin(error, since);
  expect(refusedFor(outage)).toBe(0);
});
