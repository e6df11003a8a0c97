import { type Claims, importKeyRing, KeyRing, verifyToken } from "@cinedeepmatch/auth";
import { ErrorReason } from "@cinedeepmatch/contract";
import { beforeEach, expect, test } from "vitest";
import { ApiKeys, KEY_TOKEN_MS } from "./api-keys.js";
import { MemoryAccountStore } from "./memory-account-store.test.support.js";
import { RevocationList } from "./revocation-list.js";
import { TokenIssuer } from "./token-issuer.js";

const maker = new KeyRing("client");
maker.generate();
const ring = importKeyRing("client", maker.exportKeys()[0]?.secret ?? "");
const creator = { tenant: "t", subject: "owner", scopes: ["match:read", "account:admin"] } as unknown as Claims;

let now: number;
let accounts: MemoryAccountStore;
let keys: ApiKeys;
beforeEach(() => {
  now = 1_700_000_000_000;
  accounts = new MemoryAccountStore();
  const clock = () => now;
  const issuer = new TokenIssuer({ ring, revocations: new RevocationList(clock), now: clock });
  keys = new ApiKeys({ store: accounts.store, issuer, now: clock });
});

const create = (expiresAt?: number) => keys.create(creator, { displayName: "k", scopes: ["match:read"], expiresAt });
const rejected = { reason: ErrorReason.CREDENTIALS_REJECTED };

test("a key's token holds the key's scopes and tenant for an hour, under the key's name", async () => {
  const { key, secret } = await create();
  const { token, expiresAt } = await keys.exchange(secret);
  expect(expiresAt).toBe(now + KEY_TOKEN_MS);
  expect(await verifyToken(ring, token, { now })).toMatchObject({
    subject: `key:${key.id}`,
    tenant: "t",
    scopes: ["match:read"],
    expiresAt,
  });
});

test("the secret is not kept", async () => {
  const { secret } = await create();
  const kept = JSON.stringify(
    [...accounts.keys.values()].map((key) => ({ ...key, secretDigest: [...key.secretDigest] })),
  );
  expect(kept).not.toContain(secret.slice(-43));
});

test("a key's last token does not outlive the key", async () => {
  const { secret } = await create(now + 60_000);
  expect((await keys.exchange(secret)).expiresAt).toBe(now + 60_000);
  now += 60_000;
  await expect(keys.exchange(secret)).rejects.toMatchObject(rejected);
});

test("a key that is over before it begins is refused", async () => {
  await expect(create(now)).rejects.toMatchObject({ reason: ErrorReason.FIELD_INVALID });
});

test("a secret that is wrong in any place is rejected", async () => {
  const { secret } = await create();
  for (let at = 0; at < secret.length; at++) {
    const wrong = secret.slice(0, at) + (secret[at] === "0" ? "1" : "0") + secret.slice(at + 1);
    await expect(keys.exchange(wrong)).rejects.toMatchObject(rejected);
  }
  for (const wrong of ["", "cdm_", secret.slice(1), `${secret}0`, secret.toUpperCase()]) {
    await expect(keys.exchange(wrong)).rejects.toMatchObject(rejected);
  }
});

test("a key's use is written down once a minute at most", async () => {
  const { secret } = await create();
  for (let index = 0; index < 10; index++) await keys.exchange(secret);
  expect(accounts.keyUses).toBe(1);
  now += 60_000;
  await keys.exchange(secret);
  expect(accounts.keyUses).toBe(2);
});
