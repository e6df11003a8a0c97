import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Leases } from "../matching/leases.js";

/** The tests that every kind of leases must pass. */
export function testLeases(name: string, fixture: { open(): Promise<Leases>; close(): Promise<void> }): void {
  describe(name, () => {
    let leases: Leases;
    beforeAll(async () => {
      leases = await fixture.open();
    });
    afterAll(() => fixture.close());

    test("of many that ask at the same time one gets it, keeps it by asking again, and the others wait", async () => {
      const holders = Array.from({ length: 20 }, (_, index) => `holder-${index}`);
      const taken = await Promise.all(holders.map((holder) => leases.take("one", holder, 60_000)));
      expect(taken.filter(Boolean)).toHaveLength(1);
      const first = holders[taken.indexOf(true)] ?? "";
      expect(await leases.take("one", first, 60_000)).toBe(true);
      expect(await leases.take("one", "another", 60_000)).toBe(false);
      expect(await leases.take("other", "another", 60_000)).toBe(true);
    });

    test("one that has ended is free, and one that was given back, by its holder only", async () => {
      expect(await leases.take("short", "a", 1)).toBe(true);
      await sleep(20);
      expect(await leases.take("short", "b", 60_000)).toBe(true);
      await leases.giveBack("short", "a");
      expect(await leases.take("short", "a", 60_000)).toBe(false);
      await leases.giveBack("short", "b");
      expect(await leases.take("short", "a", 60_000)).toBe(true);
    });
  });
}
