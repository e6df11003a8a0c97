import { expect, test } from "vitest";
import { PlacesLimit } from "./places-limit.js";

const OPTIONS = { least: 4, start: 8, most: 64 };
const ALONE_MS = 10;

/** A machine with so many cores, on which there is always more to do than the limit lets in. */
class Machine {
  readonly limit: PlacesLimit;
  readonly #cores: number;
  #now = 0;

  constructor(cores: number) {
    this.#cores = cores;
    this.limit = new PlacesLimit({ ...OPTIONS, now: () => this.#now });
    this.work(1, true, 1);
  }

  /** Works for so many rounds on as many at once as there may be, or fewer, and says how many were answered in a second. */
  work(rounds: number, isUrgent: boolean, atOnce = Number.POSITIVE_INFINITY): number {
    const [since, answered] = [this.#now, { count: 0 }];
    for (let round = 0; round < rounds; round++) {
      const running = Math.min(this.limit.value, atOnce);
      const tookMs = ALONE_MS * Math.max(1, running / this.#cores);
      this.#now += tookMs;
      for (let i = 0; i < running; i++) this.limit.answered(tookMs, running, isUrgent);
      answered.count += running;
    }
    return (answered.count / (this.#now - since)) * 1_000;
  }
}

test("few are worked on at once where each more makes all of them slower", () => {
  const machine = new Machine(2);
  machine.work(200, true);
  expect(machine.limit.value).toBeGreaterThanOrEqual(4);
  expect(machine.limit.value).toBeLessThanOrEqual(6);
  expect(machine.work(50, true)).toBeCloseTo(200, -1);
});

test("as many are worked on at once as there are cores for", () => {
  const machine = new Machine(16);
  machine.work(400, true);
  expect(machine.limit.value).toBeGreaterThanOrEqual(16);
  expect(machine.work(50, true)).toBeCloseTo(1_600, -1);
});

test("work that nobody waits for may take longer, so that more of it shares what it costs", () => {
  const machine = new Machine(2);
  machine.work(200, false);
  const patient = machine.limit.value;
  machine.work(200, true);
  expect(patient).toBeGreaterThan(machine.limit.value);
});

test("is not below its least, however slow everything is, and grows only where places are taken", () => {
  const slow = new Machine(0.1);
  slow.work(100, true);
  expect(slow.limit.value).toBe(OPTIONS.least);
  const idle = new Machine(16);
  idle.work(400, true, 3);
  expect(idle.limit.value).toBe(OPTIONS.start);
});
