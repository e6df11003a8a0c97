import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Leadership } from "./leadership.js";
import type { Leases } from "./leases.js";

/** Leases by a clock that the test sets. */
class MemoryLeases implements Leases {
  held: { holder: string; until: number } | undefined;
  away = false;

  async take(_name: string, holder: string, forMs: number): Promise<boolean> {
    if (this.away) throw new Error("away");
    if (this.held !== undefined && this.held.holder !== holder && this.held.until > Date.now()) return false;
    this.held = { holder, until: Date.now() + forMs };
    return true;
  }

  async giveBack(_name: string, holder: string): Promise<void> {
    if (this.held?.holder === holder) this.held = undefined;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const log = { warn: () => {} };
const lead = (leases: Leases) => new Leadership({ leases, name: "x", log });

test("one leads for as long as it lives; when it leaves, another does within seconds", async () => {
  const leases = new MemoryLeases();
  const [one, other] = [lead(leases), lead(leases)];
  await Promise.all([one.asked(), other.asked()]);
  for (let second = 0; second < 30; second++) {
    expect([one.isLeader, other.isLeader]).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(1_000);
  }
  await one.close();
  expect(one.isLeader).toBe(false);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(other.isLeader).toBe(true);
  await other.close();
});

test("whoever cannot renew leads no longer than its lease, after which another may", async () => {
  const leases = new MemoryLeases();
  const one = lead(leases);
  await one.asked();
  leases.away = true;
  await vi.advanceTimersByTimeAsync(5_900);
  expect(one.isLeader).toBe(true);
  await vi.advanceTimersByTimeAsync(200);
  expect(one.isLeader).toBe(false);
  leases.away = false;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(one.isLeader).toBe(true);
  await one.close();
});
