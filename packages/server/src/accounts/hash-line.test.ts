import { ErrorReason } from "@cinedeepmatch/contract";
import { expect, test } from "vitest";
import { HashLine } from "./hash-line.js";

test("two hash at once, as many wait as may, and the next is refused", async () => {
  const line = new HashLine({ running: 2, waiting: 3 });
  const gate = Promise.withResolvers<void>();
  let running = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++running);
    await gate.promise;
    running--;
  };
  const admitted = Array.from({ length: 5 }, () => line.run(work));
  await expect(line.run(work)).rejects.toMatchObject({ reason: ErrorReason.TOO_MANY_ATTEMPTS });
  expect(() => line.refuseIfFull()).toThrow();
  gate.resolve();
  await Promise.all(admitted);
  expect(most).toBe(2);
  await line.run(work);
});

test("a hash that fails makes room like any other", async () => {
  const line = new HashLine({ running: 1, waiting: 1 });
  await expect(line.run(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await line.run(async () => 7)).toBe(7);
});
