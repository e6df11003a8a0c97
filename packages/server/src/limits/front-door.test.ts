import { expect, test } from "vitest";
import { type Caller, FrontDoor } from "./front-door.js";
import type { Lane } from "./lane-room.js";

/** What the door says to somebody. */
class Refusal extends Error {
  readonly retryAfterMs: number | undefined;

  constructor(message: string, retryAfterMs?: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

const errors = {
  queueFull: (lane: Lane, retryAfterMs: number) => new Refusal(`${lane} is full`, retryAfterMs),
  callerGone: () => new Refusal("gone"),
  deadlinePassed: () => new Refusal("too late"),
};

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A door before calls that are answered one by one, when the test says so. */
class Street {
  readonly refused: Lane[] = [];
  readonly begun: Lane[] = [];
  readonly #door = new FrontDoor({ leastAtOnce: 4, errors, onRefused: (lane) => this.refused.push(lane) });
  readonly #answers: (() => void)[] = [];

  call(lane: Lane | undefined, more: Partial<Caller> = {}): Promise<unknown> {
    const caller = { lane, timeoutMs: undefined, gone: new AbortController().signal, ...more };
    const passed = this.#door.through(
      caller,
      () => {
        this.begun.push(lane as Lane);
        return new Promise((resolve) => this.#answers.push(() => resolve("answer")));
      },
      () => true,
    );
    return passed.catch((error: unknown) => error);
  }

  async answerOne(): Promise<void> {
    await turn();
    this.#answers.shift()?.();
    await turn();
  }

  /** Makes calls until one is refused, and says how many were not. */
  async fill(lane: Lane): Promise<number> {
    for (let count = 0; ; count++) {
      void this.call(lane);
      await turn();
      if (this.refused.length > 0) return count;
    }
  }
}

test("who finds no room is told when to come back, and finds it when others have left", async () => {
  const street = new Street();
  expect(await street.fill("standard")).toBeGreaterThanOrEqual(8);
  const refusal = await street.call("standard");
  expect(refusal).toMatchObject({ message: "standard is full" });
  expect((refusal as Refusal).retryAfterMs).toBeGreaterThan(0);
  expect(street.refused).toEqual(["standard", "standard"]);
  await street.answerOne();
  const third = street.call("standard");
  while (street.begun.length > 0) {
    street.begun.shift();
    await street.answerOne();
  }
  expect(await third).toBe("answer");
});

test("of those in haste, whoever has waited longest gives way to whoever comes when there is no room", async () => {
  const street = new Street();
  const answers: Promise<unknown>[] = [];
  for (; street.refused.length === 0; await turn()) answers.push(street.call("interactive"));
  const begun = street.begun.length;
  // Those who have passed the door stay; the first who has not is the one that is refused.
  const refusal = await answers[begun];
  expect(refusal).toMatchObject({ message: "interactive is full" });
  expect((refusal as Refusal).retryAfterMs).toBeGreaterThan(0);
  for (let i = 0; i < answers.length; i++) await street.answerOne();
  const others = await Promise.all(answers.filter((_, place) => place !== begun));
  expect(others).toEqual(others.map(() => "answer"));
  expect(street.refused).toEqual(["interactive"]);
});

test("when the room of those in haste becomes less, whoever waits beyond it hears so at once", async () => {
  const street = new Street();
  const answers: Promise<unknown>[] = [];
  const pause = () => new Promise((resolve) => setTimeout(resolve, 60));
  const call = async (refused: number) => {
    for (; street.refused.length < refused; await turn()) answers.push(street.call("interactive"));
  };
  await call(1);
  await pause();
  // The first have not waited.
  for (let i = 0; i < 8; i++) await street.answerOne();
  await call(40);
  await pause();
  for (let i = 0; i < 12; i++) await street.answerOne();
  expect(street.refused.length).toBeGreaterThan(40);
  const begun = street.begun.length;
  for (let i = begun; i > 0; i--) await street.answerOne();
  const outcomes = await Promise.all(answers);
  const refusals = outcomes.filter((outcome) => outcome instanceof Refusal);
  expect(refusals.map(({ message }) => message)).toEqual(refusals.map(() => "interactive is full"));
  for (const { retryAfterMs } of refusals) expect(retryAfterMs).toBeGreaterThan(0);
  expect(refusals.length).toBe(street.refused.length);
  expect(outcomes.length - refusals.length).toBe(street.begun.length);
});

test("answers that the model had no part in take no room away, however long they take", async () => {
  const refused: Lane[] = [];
  const door = new FrontDoor({ leastAtOnce: 4, errors, onRefused: (lane) => refused.push(lane) });
  const caller: Caller = { lane: "interactive", timeoutMs: undefined, gone: new AbortController().signal };
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const ask = () =>
    door.through(
      caller,
      () => pause(20),
      () => false,
    );
  const askAgainAndAgain = async (place: number) => {
    // One after the other, so that the lane is never empty.
    await pause(2 * place);
    for (let round = 0; round < 40; round++) await ask();
  };
  const others = Array.from({ length: 10 }, (_, place) => askAgainAndAgain(place));
  await pause(600);
  await Promise.all(Array.from({ length: 15 }, ask));
  await Promise.all(others);
  expect(refused).toEqual([]);
});

test("a full lane leaves the others their room, and calls without a lane pass in any case", async () => {
  const street = new Street();
  await street.fill("bulk");
  for (const lane of ["interactive", "standard", undefined] as const) void street.call(lane);
  await street.answerOne();
  expect(street.refused).toEqual(["bulk"]);
  expect(street.begun).toContain("interactive");
  expect(street.begun).toContain("standard");
  expect(street.begun).toContain(undefined);
});

test("of those who wait, the urgent pass first and the others are not forgotten", async () => {
  const street = new Street();
  await street.fill("standard");
  const before = street.begun.length;
  for (let i = 0; i < 12; i++) void street.call("interactive");
  for (let i = 0; i < 12; i++) await street.answerOne();
  const next = street.begun.slice(before);
  const urgent = next.filter((lane) => lane === "interactive").length;
  expect(urgent).toBeGreaterThan(next.length / 2);
  for (let i = 0; i < 30; i++) await street.answerOne();
  expect(street.begun.slice(before)).toContain("standard");
});

test("whoever leaves or runs out of time while waiting is not called for", async () => {
  const street = new Street();
  await street.fill("standard");
  const [begun, leaving] = [street.begun.length, new AbortController()];
  for (let i = 0; i < 12; i++) void street.call("interactive");
  const gone = street.call("bulk", { gone: leaving.signal });
  const late = street.call("bulk", { timeoutMs: 30 });
  leaving.abort();
  expect(await gone).toMatchObject({ message: "gone" });
  expect(await late).toMatchObject({ message: "too late" });
  for (let i = 0; i < 60; i++) await street.answerOne();
  expect(street.begun.slice(begun)).not.toContain("bulk");
});
