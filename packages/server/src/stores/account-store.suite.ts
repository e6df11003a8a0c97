import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AccountStore, NewApiKey, RefreshToken, Revocation } from "../accounts/account-store.js";

/** A kind of account store that the suite can test. */
export interface AccountStoreFixture {
  /** Opens the store; after `close` the same one again, with what was written. */
  open(): Promise<AccountStore>;
  close(): Promise<void>;
}

const DAY = 24 * 3_600_000;
const NOW = 1_700_000_000_000;

const digest = (text: string) => createHash("sha256").update(text).digest();
const user = (id: string, email = `${id}@example.com`) => ({
  id,
  email,
  passwordHash: `hash of ${id}`,
  createdAt: NOW,
});
const key = (id: string, fields: Partial<NewApiKey> = {}): NewApiKey => ({
  id,
  displayName: `key ${id}`,
  scopes: ["match:read", "catalog:read"],
  secretDigest: digest(id),
  createdAt: NOW,
  expiresAt: undefined,
  ...fields,
});
const refreshToken = (name: string, fields: Partial<RefreshToken> = {}): RefreshToken => ({
  digest: digest(name),
  expiresAt: NOW + 30 * DAY,
  tokenId: `token ${name}`,
  tokenExpiresAt: NOW + 900_000,
  ...fields,
});
const epochOf = (kind: "subject" | "user", name: string, epoch = NOW): Revocation => ({
  kind,
  name,
  epoch,
  expiresAt: epoch + 400 * DAY,
});

/** The tests that every account store must pass. */
export function testAccountStore(name: string, fixture: AccountStoreFixture): void {
  describe(name, () => {
    let store: AccountStore;
    let tenantCount = 0;
    const newTenant = () => `accounts-${++tenantCount}`;
    const revoked = async (tenant: string) =>
      (await store.revocationsAfter(0n, 1_000)).filter((revocation) => revocation.tenant === tenant);
    const start = (tenant: string, userId: string, first: string) =>
      store.startSession(tenant, { id: `session ${first}`, userId, createdAt: NOW, refreshToken: refreshToken(first) });
    beforeAll(async () => {
      store = await fixture.open();
    });
    afterAll(() => fixture.close());

    test("a tenant has one user of an address, and each tenant its own", async () => {
      const [a, b] = [newTenant(), newTenant()];
      expect(await store.createUser(a, user("u1", "ann@example.com"))).toBe(true);
      expect(await store.createUser(a, user("u2", "ann@example.com"))).toBe(false);
      expect(await store.findUser(a, "ann@example.com")).toEqual({ id: "u1", passwordHash: "hash of u1" });
      expect(await store.findUser(b, "ann@example.com")).toBeUndefined();
      expect(await store.createUser(b, user("u3", "ann@example.com"))).toBe(true);
      expect((await store.findUser(a, "ann@example.com"))?.id).toBe("u1");
    });

    test("a password's hash is replaced only where it is the expected one, and in one tenant only", async () => {
      const [a, b] = [newTenant(), newTenant()];
      await store.createUser(a, user("u"));
      await store.createUser(b, user("u"));
      await store.replacePasswordHash(a, "u", "another", "wrong");
      await store.replacePasswordHash(a, "u", "hash of u", "new");
      expect((await store.findUser(a, "u@example.com"))?.passwordHash).toBe("new");
      expect((await store.findUser(b, "u@example.com"))?.passwordHash).toBe("hash of u");
    });

    test("an API key is found as it was created, with its tenant", async () => {
      const tenant = newTenant();
      await store.createApiKey(tenant, key("k-found", { expiresAt: NOW + DAY }));
      const found = await store.findApiKey("k-found");
      expect(found).toMatchObject({
        tenant,
        displayName: "key k-found",
        scopes: ["match:read", "catalog:read"],
        createdAt: NOW,
        expiresAt: NOW + DAY,
        lastUsedAt: undefined,
        revokedAt: undefined,
      });
      expect(Buffer.from(found?.secretDigest ?? []).equals(digest("k-found"))).toBe(true);
      expect(await store.findApiKey("k-unknown")).toBeUndefined();
    });

    test("API keys are listed newest first, page by page, of one tenant and without their digests", async () => {
      const [a, b] = [newTenant(), newTenant()];
      for (let index = 0; index < 5; index++) {
        await store.createApiKey(a, key(`list-${index}`, { createdAt: NOW + Math.floor(index / 2) }));
      }
      await store.createApiKey(b, key("list-other"));
      const ids: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.listApiKeys(a, { cursor, limit: 2 });
        ids.push(...page.items.map(({ id }) => id));
        expect(page.items.every((item) => !("secretDigest" in item))).toBe(true);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      expect(ids).toEqual(["list-4", "list-2", "list-3", "list-0", "list-1"]);
      expect((await store.listApiKeys(b, { cursor: undefined, limit: 10 })).items.map(({ id }) => id)).toEqual([
        "list-other",
      ]);
    });

    test("the use of a key is noted in its own tenant only", async () => {
      const [a, b] = [newTenant(), newTenant()];
      await store.createApiKey(a, key("k-used"));
      await store.recordApiKeyUse(b, "k-used", NOW + 1);
      expect((await store.findApiKey("k-used"))?.lastUsedAt).toBeUndefined();
      await store.recordApiKeyUse(a, "k-used", NOW + 2);
      expect((await store.findApiKey("k-used"))?.lastUsedAt).toBe(NOW + 2);
    });

    test("a key is revoked together with its tokens, once, and by its own tenant only", async () => {
      const [a, b] = [newTenant(), newTenant()];
      await store.createApiKey(a, key("k-revoked"));
      expect(await store.revokeApiKey(b, "k-revoked", NOW, epochOf("subject", "key:k-revoked"))).toBe(false);
      expect(await store.revokeApiKey(a, "k-nobody", NOW, epochOf("subject", "key:k-nobody"))).toBe(false);
      expect([...(await revoked(a)), ...(await revoked(b))]).toEqual([]);
      expect(await store.revokeApiKey(a, "k-revoked", NOW + 5, epochOf("subject", "key:k-revoked"))).toBe(true);
      expect(await store.revokeApiKey(a, "k-revoked", NOW + 9, epochOf("subject", "key:k-revoked"))).toBe(true);
      expect((await store.findApiKey("k-revoked"))?.revokedAt).toBe(NOW + 5);
      expect(await revoked(a)).toMatchObject([{ kind: "subject", name: "key:k-revoked", epoch: NOW }]);
    });

    test("a refresh token is exchanged once for the next", async () => {
      const tenant = newTenant();
      await start(tenant, "u", "r1");
      expect(await store.rotateSession(digest("r1"), refreshToken("r2"), NOW)).toEqual({
        outcome: "rotated",
        tenant,
        userId: "u",
      });
      expect(await store.rotateSession(digest("r2"), refreshToken("r3"), NOW)).toMatchObject({ outcome: "rotated" });
      expect(await store.rotateSession(digest("r-none"), refreshToken("r4"), NOW)).toEqual({ outcome: "unknown" });
    });

    test("a refresh token that is used again ends its session, with its tokens, and no other session", async () => {
      const tenant = newTenant();
      await start(tenant, "u", "s1");
      await start(tenant, "u", "other");
      await store.rotateSession(digest("s1"), refreshToken("s2", { tokenExpiresAt: NOW - DAY }), NOW);
      await store.rotateSession(digest("s2"), refreshToken("s3"), NOW);
      expect(await store.rotateSession(digest("s1"), refreshToken("s4"), NOW)).toMatchObject({ outcome: "reused" });
      expect(await store.rotateSession(digest("s3"), refreshToken("s5"), NOW)).toEqual({ outcome: "unknown" });
      expect(await store.rotateSession(digest("s1"), refreshToken("s6"), NOW)).toEqual({ outcome: "unknown" });
      // Not that of `s2`, which had expired.
      expect((await revoked(tenant)).map(({ kind, name: id }) => [kind, id]).sort()).toEqual([
        ["token", "token s1"],
        ["token", "token s3"],
      ]);
      expect(await store.rotateSession(digest("other"), refreshToken("other2"), NOW)).toMatchObject({
        outcome: "rotated",
      });
    });

    test("of 20 exchanges of one refresh token at the same time one succeeds at most", async () => {
      const tenant = newTenant();
      await start(tenant, "u", "race");
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          store.rotateSession(digest("race"), refreshToken(`race-${index}`), NOW),
        ),
      );
      expect(outcomes.filter(({ outcome }) => outcome === "rotated")).toHaveLength(1);
    });

    test("an expired refresh token is unknown, used or not", async () => {
      const tenant = newTenant();
      await start(tenant, "u", "old");
      const later = NOW + 31 * DAY;
      expect(await store.rotateSession(digest("old"), refreshToken("new"), later)).toEqual({ outcome: "unknown" });
    });

    test("all sessions of a user end together with their tokens; those of others go on", async () => {
      const [a, b] = [newTenant(), newTenant()];
      await start(a, "u", "e1");
      await start(a, "u", "e2");
      await start(a, "v", "e3");
      await start(b, "u", "e4");
      await store.endSessions(a, "u", epochOf("user", "u"));
      for (const ended of ["e1", "e2"]) {
        expect((await store.rotateSession(digest(ended), refreshToken(`${ended}n`), NOW)).outcome).toBe("unknown");
      }
      for (const open of ["e3", "e4"]) {
        expect((await store.rotateSession(digest(open), refreshToken(`${open}n`), NOW)).outcome).toBe("rotated");
      }
      expect(await revoked(a)).toMatchObject([{ kind: "user", name: "u", epoch: NOW }]);
      expect(await revoked(b)).toEqual([]);
    });

    test("all that is known of a user is told, but for secrets", async () => {
      const [tenant, other] = [newTenant(), newTenant()];
      await store.createUser(tenant, user("u"));
      await start(tenant, "u", `${tenant} first`);
      await start(tenant, "v", `${tenant} other`);
      expect(await store.exportUser(tenant, "u")).toEqual({
        account: { email: "u@example.com", createdAt: NOW },
        sessions: [{ createdAt: NOW, expiresAt: NOW + 30 * DAY }],
        revokedBefore: undefined,
      });
      await store.revoke(tenant, epochOf("user", "u", NOW + 7));
      expect(await store.exportUser(tenant, "u")).toMatchObject({ revokedBefore: NOW + 7 });
      const nothing = { account: undefined, sessions: [], revokedBefore: undefined };
      expect(await store.exportUser(other, "u")).toEqual(nothing);
    });

    test("a user is erased with sessions and tokens, in one tenant only, and once", async () => {
      const [tenant, other] = [newTenant(), newTenant()];
      for (const each of [tenant, other]) await store.createUser(each, user("u"));
      await store.createUser(tenant, user("v"));
      await start(tenant, "u", `${tenant} one`);
      await start(tenant, "u", `${tenant} two`);
      await start(tenant, "v", `${tenant} three`);
      const revocation = epochOf("user", "u");
      expect(await store.eraseUser(tenant, "u", revocation)).toEqual({ accountCount: 1, sessionCount: 2 });
      expect(await store.eraseUser(tenant, "u", revocation)).toEqual({ accountCount: 0, sessionCount: 0 });
      expect(await store.findUser(tenant, "u@example.com")).toBeUndefined();
      const rotated = await store.rotateSession(digest(`${tenant} one`), refreshToken(`${tenant} next`), NOW + 1);
      expect(rotated.outcome).toBe("unknown");
      expect(await revoked(tenant)).toMatchObject([revocation]);
      expect(await store.findUser(other, "u@example.com")).toBeDefined();
      expect(await store.findUser(tenant, "v@example.com")).toBeDefined();
      expect((await store.exportUser(tenant, "v")).sessions).toHaveLength(1);
      // The address is free again.
      expect(await store.createUser(tenant, user("w", "u@example.com"))).toBe(true);
    });

    test("revocations are read in their order, and one that is renewed is news again", async () => {
      const tenant = newTenant();
      await store.revoke(tenant, epochOf("subject", "a"));
      await store.revoke(tenant, epochOf("subject", "b"));
      const first = await revoked(tenant);
      expect(first.map(({ name: subject }) => subject)).toEqual(["a", "b"]);
      const seen = first.at(-1)?.revision ?? 0n;
      await store.revoke(tenant, epochOf("subject", "a", NOW + 10));
      const [news] = await store.revocationsAfter(seen, 10);
      expect(news).toMatchObject({ tenant, name: "a", epoch: NOW + 10 });
      expect(await store.revocationsAfter(news?.revision ?? 0n, 10)).toEqual([]);
    });

    test("a reader that follows revocations made at the same time misses none", async () => {
      const tenant = newTenant();
      const seen = new Set<string>();
      let revision = 0n;
      let writing = true;
      const read = async () => {
        const found = await store.revocationsAfter(revision, 5);
        for (const revocation of found) if (revocation.tenant === tenant) seen.add(revocation.name);
        revision = found.at(-1)?.revision ?? revision;
        return found.length > 0;
      };
      const reading = (async () => {
        while ((await read()) || writing) await new Promise((resolve) => setImmediate(resolve));
      })();
      const names = Array.from({ length: 60 }, (_, index) => `subject ${index}`);
      await Promise.all(names.map((subject) => store.revoke(tenant, epochOf("subject", subject))));
      writing = false;
      await reading;
      // The last look may have begun before the last write ended.
      while (await read());
      expect([...seen].sort()).toEqual([...names].sort());
    });

    test("an epoch never goes back", async () => {
      const tenant = newTenant();
      await store.revoke(tenant, epochOf("user", "u", NOW + 100));
      await store.revoke(tenant, epochOf("user", "u", NOW));
      expect(await revoked(tenant)).toMatchObject([{ epoch: NOW + 100, expiresAt: NOW + 100 + 400 * DAY }]);
    });

    test("everything outlives the store's being closed", async () => {
      const tenant = newTenant();
      await store.createUser(tenant, user("kept"));
      await store.createApiKey(tenant, key("k-kept"));
      await start(tenant, "kept", "kept");
      await store.revoke(tenant, epochOf("user", "kept"));
      await fixture.close();
      store = await fixture.open();
      expect(await store.findUser(tenant, "kept@example.com")).toBeDefined();
      expect(await store.findApiKey("k-kept")).toBeDefined();
      expect((await store.rotateSession(digest("kept"), refreshToken("kept2"), NOW)).outcome).toBe("rotated");
      expect(await revoked(tenant)).toHaveLength(1);
    });

    test("what has expired is removed, and nothing else", async () => {
      const tenant = newTenant();
      await store.revoke(tenant, { kind: "token", name: "short", epoch: 0, expiresAt: NOW + 1 });
      await store.revoke(tenant, epochOf("subject", "long"));
      await start(tenant, "u", "p1");
      await store.rotateSession(digest("p1"), refreshToken("p2", { expiresAt: NOW + 60 * DAY }), NOW);
      await store.purge(NOW + 40 * DAY);
      expect((await revoked(tenant)).map(({ name: subject }) => subject)).toEqual(["long"]);
      expect((await store.rotateSession(digest("p2"), refreshToken("p3"), NOW)).outcome).toBe("rotated");
    });
  });
}
