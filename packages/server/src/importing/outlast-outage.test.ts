import { CineDeepMatchError } from "@cinedeepmatch/sdk-node";
import { expect, test } from "vitest";
import { outlastOutage } from "./outlast-outage.js";

const away = () => new CineDeepMatchError({ code: "unavailable", message: "away" });

test("it repeats while the server is away", async () => {
  let attempts = 0;
  const waits: number[] = [];
  const result = await outlastOutage(
    async () => {
      if (++attempts < 3) throw away();
      return "back";
    },
    { onWait: (_error, delayMs) => waits.push(delayMs) },
  );
  expect(result).toBe("back");
  expect(waits).toHaveLength(2);
  expect(waits[1]).toBeGreaterThan((waits[0] ?? 0) * 1.5);
});

test("it waits as long as the server asks", async () => {
  let attempts = 0;
  const waits: number[] = [];
  const busy = new CineDeepMatchError({ code: "aborted", message: "busy", retryAfterMs: 400 });
  await outlastOutage(
    async () => {
      if (++attempts < 2) throw busy;
    },
    { onWait: (_error, delayMs) => waits.push(delayMs) },
  );
  expect(waits[0]).toBeGreaterThanOrEqual(400);
});

test("it gives up after its patience, which progress renews", async () => {
  let attempts = 0;
  const attempt = async (progressed: () => void) => {
    if (++attempts <= 5) progressed();
    throw away();
  };
  await expect(outlastOutage(attempt, { patienceMs: 400 })).rejects.toThrow("away");
  expect(attempts).toBeGreaterThanOrEqual(6);
});

test("what will not pass is thrown at once", async () => {
  let attempts = 0;
  const attempt = (error: unknown) => async () => {
    attempts++;
    throw error;
  };
  await expect(outlastOutage(attempt(new TypeError("a bug")))).rejects.toThrow("a bug");
  const refused = new CineDeepMatchError({ code: "permission_denied", message: "no" });
  await expect(outlastOutage(attempt(refused))).rejects.toThrow("no");
  expect(attempts).toBe(2);
});
