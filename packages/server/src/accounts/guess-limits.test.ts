import { ErrorReason } from "@cinedeepmatch/contract";
import { beforeEach, expect, test } from "vitest";
import type { ServiceError } from "../matching/service-error.js";
import { type Attempt, GuessLimits } from "./guess-limits.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let now: number;
let limits: GuessLimits;
beforeEach(() => {
  now = 1_700_000_000_000;
  limits = new GuessLimits(() => now);
});

/** How long to wait; an attempt where none is needed. */
function tryOne(account: string, address: string): Attempt | number {
  try {
    return limits.admit(account, address);
  } catch (error) {
    expect(error).toMatchObject({ reason: ErrorReason.TOO_MANY_ATTEMPTS });
    return (error as ServiceError).retryAfterMs ?? Number.NaN;
  }
}

const admitted = (attempts: (Attempt | number)[]) => attempts.filter((attempt) => typeof attempt !== "number").length;
const guess = (times: number, account: string, addressOf: (index: number) => string) =>
  Array.from({ length: times }, (_, index) => tryOne(account, addressOf(index)));

test("10,000 guesses of one address are stopped after five, and the user gets in from elsewhere", () => {
  expect(admitted(guess(10_000, "ann", () => "attacker"))).toBe(5);
  expect(tryOne("ann", "attacker")).toBe(MINUTE);
  expect(tryOne("ann", "home")).toMatchObject({});
});

test("the wait doubles with each guess up to an hour: a year of patience buys fewer than 9,000", () => {
  const start = now;
  const waits: number[] = [];
  let guesses = 0;
  while (now - start < 365 * 24 * HOUR) {
    const attempt = tryOne("ann", "attacker");
    if (typeof attempt !== "number") guesses++;
    else {
      waits.push(attempt / MINUTE);
      now += attempt;
    }
  }
  expect(waits.slice(0, 9)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  expect(guesses).toBeLessThan(9_000);
});

test("10,000 guesses at once from 2,000 addresses come to fifty, and the user gets in within two seconds", () => {
  expect(admitted(guess(10_000, "ann", (index) => `bot-${index % 2_000}`))).toBe(50);
  const wait = tryOne("ann", "home");
  expect(wait).toBeLessThanOrEqual(2_000);
  now += wait as number;
  expect(tryOne("ann", "home")).toMatchObject({});
});

test("bots that do not wait lock themselves out, and no longer take the turns of those who do", () => {
  let user: Attempt | number = Number.NaN;
  let guesses = 0;
  const start = now;
  // 500 bots, of which each tries every 100 ms; the user comes from elsewhere and waits as long as told.
  let next = now;
  for (; typeof user === "number" && now - start < MINUTE; now += 100) {
    guesses += admitted(guess(500, "ann", (index) => `bot-${index}`));
    if (now < next) continue;
    user = tryOne("ann", "home");
    if (typeof user === "number") next = now + user;
  }
  expect(user).toMatchObject({});
  expect(now - start).toBeLessThan(5_000);
  expect(guesses).toBeLessThan(600);
});

test("whoever signed in from a place before is not slowed down by others' guesses", () => {
  (tryOne("ann", "home") as Attempt).succeeded();
  guess(10_000, "ann", (index) => `bot-${index}`);
  expect(tryOne("ann", "home")).toMatchObject({});
  // Nor by those of the same address at other accounts.
  for (let index = 0; index < 1_000; index++) tryOne(`other-${index}`, "home");
  expect(tryOne("someone", "home")).toBeGreaterThan(0);
  expect(tryOne("ann", "home")).toMatchObject({});
});

test("one address tries few accounts", () => {
  const attempts = Array.from({ length: 10_000 }, (_, index) => tryOne(`account-${index}`, "attacker"));
  expect(admitted(attempts)).toBe(20);
  expect(tryOne("another", "elsewhere")).toMatchObject({});
});

test("guesses of the same moment all count before the first is answered", () => {
  const attempts = guess(10, "ann", () => "home");
  expect(admitted(attempts)).toBe(5);
  (attempts[0] as Attempt).succeeded();
  // Whoever knows the password is no guesser.
  expect(tryOne("ann", "home")).toMatchObject({});
});

test("failures are forgotten after a day without any", () => {
  guess(5, "ann", () => "home");
  now += 24 * HOUR + 1;
  expect(admitted(guess(5, "ann", () => "home"))).toBe(5);
});

test("sign-ups of one address are limited, those of another are not", () => {
  for (let index = 0; index < 10; index++) limits.admitSignUp("attacker");
  expect(() => limits.admitSignUp("attacker")).toThrow("Too many attempts");
  limits.admitSignUp("home");
});
