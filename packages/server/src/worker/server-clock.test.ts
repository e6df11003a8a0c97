import { expect, test } from "vitest";
import { ServerClock } from "./server-clock.js";

const HOUR = 3_600_000;

function start() {
  const [machine, warnings] = [{ now: 10 * HOUR }, [] as object[]];
  const clock = new ServerClock({ now: () => machine.now, log: { warn: (fields) => warnings.push(fields) } });
  return { machine, warnings, clock };
}

test("goes by the server's time where this machine's is an hour off, either way, and says so once", () => {
  for (const behindMs of [HOUR, -HOUR]) {
    const { machine, warnings, clock } = start();
    clock.told(machine.now + behindMs, 20);
    expect(clock.now()).toBe(machine.now + behindMs + 10);
    machine.now += 3_000;
    clock.told(machine.now + behindMs, 30);
    expect(clock.now()).toBe(machine.now + behindMs + 15);
    expect(warnings).toHaveLength(1);
  }
});

test("keeps to this machine's time while the two agree, however long an answer takes", () => {
  const { machine, warnings, clock } = start();
  clock.told(machine.now, 10);
  clock.told(machine.now - 500, 10);
  clock.told(machine.now - 2_900, 3_000);
  expect(clock.now()).toBe(machine.now);
  expect(warnings).toEqual([]);
});

test("goes back to this machine's time when it was set right", () => {
  const { machine, warnings, clock } = start();
  clock.told(machine.now - HOUR, 10);
  machine.now -= HOUR;
  clock.told(machine.now, 10);
  expect(clock.now()).toBe(machine.now);
  expect(warnings).toHaveLength(2);
});
