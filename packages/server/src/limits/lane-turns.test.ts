import { expect, test } from "vitest";
import type { Lane } from "../matching/match-queue.js";
import { LaneTurns } from "./lane-turns.js";

/** Has a worker do so many requests, one after the other, and says of which lane they were. */
class Worker {
  readonly done: Lane[] = [];
  readonly #turns = new LaneTurns(() => 8);
  #ends: (() => void)[] = [];

  ask(lane: Lane, { since = 0, cost = 1, signal = new AbortController().signal } = {}): Promise<void> {
    return this.#turns.take(lane, { since, cost, signal }).then((end) => {
      this.done.push(lane);
      this.#ends.push(end);
    });
  }

  giveWay(lane: Lane, reason: Error): boolean {
    return this.#turns.giveWay(lane, reason);
  }

  /** Ends the oldest request under way, so that the next begins. */
  async step(): Promise<void> {
    this.#ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const count = (lanes: readonly Lane[], lane: Lane) => lanes.filter((each) => each === lane).length;

test("under a flood of all lanes each gets its share: 16, 4 and 1 of 21", async () => {
  const worker = new Worker();
  for (let i = 0; i < 600; i++) for (const lane of ["interactive", "standard", "bulk"] as const) void worker.ask(lane);
  for (let i = 0; i < 420; i++) await worker.step();
  const begun = worker.done.slice(0, 420);
  expect(count(begun, "interactive")).toBeGreaterThanOrEqual(310);
  expect(count(begun, "standard")).toBeGreaterThanOrEqual(75);
  expect(count(begun, "bulk")).toBeGreaterThanOrEqual(19);
});

test("an endless flood of urgent requests lets one bulk request through within 42 others", async () => {
  const worker = new Worker();
  for (let i = 0; i < 1_000; i++) void worker.ask("interactive");
  void worker.ask("bulk");
  for (let i = 0; i < 42; i++) {
    void worker.ask("interactive");
    await worker.step();
  }
  expect(count(worker.done, "bulk")).toBe(1);
});

test("a lane that had nothing to do has no claim on the past", async () => {
  const worker = new Worker();
  for (let i = 0; i < 400; i++) void worker.ask("interactive");
  for (let i = 0; i < 200; i++) await worker.step();
  const before = worker.done.length;
  for (let i = 0; i < 50; i++) void worker.ask("bulk");
  for (let i = 0; i < 42; i++) await worker.step();
  expect(count(worker.done.slice(before), "bulk")).toBeLessThanOrEqual(4);
});

test("within a lane whoever has waited longest is next, in whichever batch it came", async () => {
  const worker = new Worker();
  const order: string[] = [];
  for (let i = 0; i < 8; i++) void worker.ask("interactive");
  await worker.step();
  void worker.ask("interactive", { since: 30 }).then(() => order.push("young"));
  void worker.ask("interactive", { since: 10 }).then(() => order.push("old"));
  void worker.ask("interactive", { since: 20 }).then(() => order.push("middle"));
  for (let i = 0; i < 12; i++) await worker.step();
  expect(order).toEqual(["old", "middle", "young"]);
});

test("long work is paid for: bulk work of ten times the cost gets a tenth of its turns", async () => {
  const worker = new Worker();
  for (let i = 0; i < 600; i++) {
    void worker.ask("interactive");
    void worker.ask("bulk", { cost: 10 });
  }
  for (let i = 0; i < 400; i++) await worker.step();
  const begun = worker.done.slice(8, 400);
  expect(count(begun, "bulk")).toBeLessThanOrEqual(4);
  expect(count(begun, "bulk")).toBeGreaterThanOrEqual(1);
});

test("bulk work never holds more than two places, so that something urgent begins at once", async () => {
  const worker = new Worker();
  for (let i = 0; i < 50; i++) void worker.ask("bulk");
  await new Promise((resolve) => setImmediate(resolve));
  expect(worker.done).toEqual(["bulk", "bulk"]);
  await worker.ask("interactive");
  expect(worker.done.at(-1)).toBe("interactive");
});

test("whoever gives up waiting gets no turn and takes none", async () => {
  const worker = new Worker();
  for (let i = 0; i < 8; i++) void worker.ask("interactive");
  const abort = new AbortController();
  const given = worker.ask("interactive", { signal: abort.signal });
  abort.abort(new Error("gone"));
  await expect(given).rejects.toThrow("gone");
  void worker.ask("interactive");
  await worker.step();
  expect(worker.done).toHaveLength(9);
});

test("whoever has waited longest gives way, and the others keep their turns", async () => {
  const worker = new Worker();
  for (let i = 0; i < 8; i++) void worker.ask("interactive");
  const oldest = worker.ask("interactive", { since: 1 });
  const next = worker.ask("interactive", { since: 2 });
  expect(worker.giveWay("interactive", new Error("full"))).toBe(true);
  await expect(oldest).rejects.toThrow("full");
  await worker.step();
  await next;
  expect(worker.done).toHaveLength(9);
  expect(worker.giveWay("interactive", new Error("full"))).toBe(false);
});
