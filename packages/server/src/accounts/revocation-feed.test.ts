import { importKeyRing, KeyRing, TokenVerifier } from "@cinedeepmatch/auth";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MemoryAccountStore } from "./memory-account-store.test.support.js";
import { RevocationFeed } from "./revocation-feed.js";
import { MOST_STALE_MS, RevocationList } from "./revocation-list.js";
import { Revoker } from "./revoker.js";
import { TokenIssuer } from "./token-issuer.js";

const maker = new KeyRing("client");
maker.generate();
const ring = importKeyRing("client", maker.exportKeys()[0]?.secret ?? "");
const log = { warn: vi.fn() };

let accounts: MemoryAccountStore;
const open: RevocationFeed[] = [];
beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
  accounts = new MemoryAccountStore();
});
afterEach(async () => {
  for (const feed of open.splice(0)) await feed.close();
  vi.useRealTimers();
});

/** One of several servers that share a store. */
async function openServer() {
  const { store } = accounts;
  const list = new RevocationList();
  const feed = await RevocationFeed.open({ store, list, log });
  open.push(feed);
  const issuer = new TokenIssuer({ ring, revocations: list });
  const verifier = new TokenVerifier({ ring, revocations: list });
  const issue = async (fields: object = {}) => {
    const claims = { subject: "s", scopes: [], expiresAt: Date.now() + 3_600_000, ...fields };
    return issuer.issue(claims);
  };
  const accepts = (token: string) =>
    verifier.verify(token).then(
      () => true,
      () => false,
    );
  return { revoker: new Revoker({ store, feed }), issue, accepts };
}

test("what a server revokes it refuses at once, and another server within two seconds", async () => {
  const [here, there] = [await openServer(), await openServer()];
  const { token, claims } = await here.issue();
  expect(await there.accepts(token)).toBe(true);
  await here.revoker.revoke("default", { kind: "token", name: claims.tokenId });
  expect(await here.accepts(token)).toBe(false);
  expect(await there.accepts(token)).toBe(true);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await there.accepts(token)).toBe(false);
});

test("whoever gets a new token right after a revocation keeps it", async () => {
  const { revoker, issue, accepts } = await openServer();
  const { token } = await issue();
  await revoker.revoke("default", { kind: "subject", name: "s" });
  const { token: next } = await issue();
  expect([await accepts(token), await accepts(next)]).toEqual([false, true]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await accepts(next)).toBe(true);
});

test("a token that a server issues before it hears of the revocation is refused as well", async () => {
  const [here, there] = [await openServer(), await openServer()];
  await here.revoker.revoke("default", { kind: "subject", name: "s" });
  await vi.advanceTimersByTimeAsync(500);
  const { token } = await there.issue({ userId: "u" });
  await vi.advanceTimersByTimeAsync(2_000);
  expect([await here.accepts(token), await there.accepts(token)]).toEqual([false, false]);
});

test("revocations are known after a restart", async () => {
  const first = await openServer();
  const { token, claims } = await first.issue();
  await first.revoker.revoke("default", { kind: "token", name: claims.tokenId });
  const second = await openServer();
  expect(await second.accepts(token)).toBe(false);
});

test("a store that fails is asked again; until it answers, every token is refused after half a minute", async () => {
  const { issue, accepts } = await openServer();
  const { token } = await issue();
  accounts.failure = new Error("away");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await accepts(token)).toBe(true);
  await vi.advanceTimersByTimeAsync(MOST_STALE_MS);
  expect(await accepts(token)).toBe(false);
  accounts.failure = undefined;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await accepts(token)).toBe(true);
});
