import { expect, test } from "vitest";
import { CatalogService } from "./api.js";
import { CineDeepMatchError } from "./error.js";
import { RetryBudget } from "./retry-budget.js";
import { type FailedAttempt, retryDelay } from "./retry-delay.js";

const { getMovie, batchUpsertMovies, createMovie } = CatalogService.method;
const unavailable = new CineDeepMatchError({ code: "unavailable", message: "" });
const failed = (more: object) => new CineDeepMatchError({ code: "unavailable", message: "", ...more });
const attempt: FailedAttempt = { method: getMovie, error: unavailable, retries: 0, remainingMs: undefined };
const asking = (retryAfterMs: number | undefined, code: "aborted" | "resource_exhausted" = "resource_exhausted") =>
  new CineDeepMatchError({ code, message: "", retryAfterMs });

test("waits double as long before every retry, up to 8 seconds", () => {
  const delays = [0, 1, 2, 5, 6, 40].map((retries) => retryDelay({ ...attempt, retries }, () => 1));
  expect(delays).toEqual([250, 500, 1000, 8000, 8000, 8000]);
});

test("draws the delay from all of the range, so that clients do not come back together", () => {
  expect(retryDelay({ ...attempt, retries: 3 }, () => 0)).toBe(0);
  expect(retryDelay({ ...attempt, retries: 3 }, () => 0.5)).toBe(1000);
});

test("never comes back sooner than the server asks", () => {
  expect(retryDelay({ ...attempt, error: asking(3000) }, () => 0)).toBe(3000);
  expect(retryDelay({ ...attempt, error: asking(3000) }, () => 1)).toBeCloseTo(3300);
});

test("leaves it to the caller when the server asks for more than a minute", () => {
  expect(retryDelay({ ...attempt, error: asking(60_001) })).toBeUndefined();
});

test("does not wait until the deadline or beyond", () => {
  expect(retryDelay({ ...attempt, remainingMs: 250 }, () => 1)).toBeUndefined();
  expect(retryDelay({ ...attempt, remainingMs: 251 }, () => 1)).toBe(250);
  expect(retryDelay({ ...attempt, remainingMs: -5 }, () => 0)).toBeUndefined();
});

test("retries methods without side effects and idempotent ones, and no others", () => {
  expect(retryDelay({ ...attempt, method: batchUpsertMovies })).toBeDefined();
  expect(retryDelay({ ...attempt, method: createMovie })).toBeUndefined();
});

test("retries whatever the server has not seen", () => {
  const unsent = (more: object) => ({ ...attempt, method: createMovie, error: failed(more) });
  const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  expect(retryDelay(unsent({ reason: "SERVER_UNREACHED" }))).toBeDefined();
  expect(retryDelay(unsent({ cause: new Error("outer", { cause: refused }) }))).toBeDefined();
  expect(
    retryDelay(unsent({ cause: new Error("Stream closed with error code NGHTTP2_REFUSED_STREAM") })),
  ).toBeDefined();
  // What a handler of the server's says of a connection of its own.
  expect(retryDelay(unsent({ reason: "STORE_UNAVAILABLE", cause: refused }))).toBeUndefined();
  expect(retryDelay(unsent({ cause: Object.assign(new Error("reset"), { code: "ECONNRESET" }) }))).toBeUndefined();
});

test("retries a lost race only when the server says when: a changed etag does not change back", () => {
  expect(retryDelay({ ...attempt, error: asking(undefined, "aborted") })).toBeUndefined();
  expect(retryDelay({ ...attempt, error: asking(10, "aborted") })).toBeDefined();
});

test("a budget allows ten retries and one more for ten successes", () => {
  const budget = new RetryBudget();
  expect(Array.from({ length: 11 }, () => budget.spend())).toEqual([...Array(10).fill(true), false]);
  // One more than ten, as tenths do not add up exactly.
  for (let success = 0; success < 11; success++) budget.refund();
  expect([budget.spend(), budget.spend()]).toEqual([true, false]);
});
