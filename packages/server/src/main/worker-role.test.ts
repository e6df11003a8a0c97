import { KeyRing, verifyToken } from "@cinedeepmatch/auth";
import { afterEach, expect, test, vi } from "vitest";
import { localWorkerToken } from "./worker-role.js";

afterEach(() => vi.useRealTimers());

test("the local worker's token stays valid when the clock is set ahead, and when it is set back", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const ring = new KeyRing("model");
  ring.promote(ring.generate().id);
  const token = localWorkerToken(ring);
  const first = await token();
  expect(await token()).toBe(first);
  const now = Date.now();
  for (const time of [now + 3 * 3_600_000, now, now - 3_600_000]) {
    vi.setSystemTime(time);
    await expect(verifyToken(ring, await token())).resolves.toMatchObject({ subject: "worker" });
  }
});
