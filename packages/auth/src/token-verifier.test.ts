import { expect, test, vi } from "vitest";
import type { Claims } from "./claims.js";
import { importKeyRing } from "./import-key-ring.js";
import { issueToken } from "./issue-token.js";
import { CLAIMS, ELEVEN, KEY, KEY_ID, TEN, TOKEN } from "./known-answers.test.data.js";
import { LocalKey } from "./local-key.js";
import type { Revocations } from "./revocations.js";
import { TokenVerifier } from "./token-verifier.js";

/** Revocation as a server does it: by token id, and by an epoch per tenant and subject. */
class RevocationList implements Revocations {
  readonly tokenIds = new Set<string>();
  readonly epochs = new Map<string, number>();

  isRevoked({ tokenId, tenant, subject, issuedAt }: Claims): boolean {
    return this.tokenIds.has(tokenId) || issuedAt < (this.epochs.get(`${tenant}/${subject}`) ?? 0);
  }
}

const codeOf = (verdict: Promise<unknown>) =>
  verdict.then(
    () => "accepted",
    (error) => error.code,
  );

test("a remembered token is not decrypted again and gives the same claims", async () => {
  const decrypt = vi.spyOn(LocalKey.prototype, "decrypt");
  const verifier = new TokenVerifier({ ring: importKeyRing("client", KEY), now: () => TEN });
  const claims = await verifier.verify(TOKEN);
  expect(claims).toEqual(CLAIMS);
  expect(await verifier.verify(TOKEN)).toBe(claims);
  expect(decrypt).toHaveBeenCalledTimes(1);
  decrypt.mockRestore();
});

test("a remembered token expires, and is forgotten", async () => {
  let now = TEN;
  const verifier = new TokenVerifier({ ring: importKeyRing("client", KEY), now: () => now });
  await verifier.verify(TOKEN);
  now = ELEVEN + 30_001;
  expect(await codeOf(verifier.verify(TOKEN))).toBe("token_expired");
  expect(verifier.cachedTokens).toBe(0);
  expect(await codeOf(verifier.verify(TOKEN))).toBe("token_expired");
});

test("a remembered token grows too old", async () => {
  let now = TEN;
  const verifier = new TokenVerifier({ ring: importKeyRing("client", KEY), now: () => now, maxTokenAgeMs: 60_000 });
  await verifier.verify(TOKEN);
  now += 90_001;
  expect(await codeOf(verifier.verify(TOKEN))).toBe("token_expired");
});

test("a remembered token is refused as soon as it is revoked, by its id or by its subject's epoch", async () => {
  const revocations = new RevocationList();
  const verifier = new TokenVerifier({ ring: importKeyRing("client", KEY), revocations, now: () => TEN });
  await verifier.verify(TOKEN);
  revocations.tokenIds.add("token-1");
  expect(await codeOf(verifier.verify(TOKEN))).toBe("token_revoked");
  expect(verifier.cachedTokens).toBe(0);
  revocations.tokenIds.clear();
  await verifier.verify(TOKEN);
  revocations.epochs.set("default/account/42", TEN);
  expect(await codeOf(verifier.verify(TOKEN))).toBe("accepted");
  revocations.epochs.set("default/account/42", TEN + 1);
  expect(await codeOf(verifier.verify(TOKEN))).toBe("token_revoked");
  expect(await codeOf(verifier.verify(TOKEN))).toBe("token_revoked");
});

test("a remembered token is refused once its key has left the ring", async () => {
  const ring = importKeyRing("client", KEY);
  const verifier = new TokenVerifier({ ring, now: () => TEN });
  await verifier.verify(TOKEN);
  ring.promote(ring.generate().id);
  expect(await codeOf(verifier.verify(TOKEN))).toBe("accepted");
  ring.remove(KEY_ID);
  expect(await codeOf(verifier.verify(TOKEN))).toBe("token_key_unknown");
});

test("no more tokens are remembered than allowed, and the one unused for longest goes first", async () => {
  const ring = importKeyRing("client", KEY);
  const decrypt = vi.spyOn(LocalKey.prototype, "decrypt");
  const verifier = new TokenVerifier({ ring, now: () => TEN, cacheSize: 2 });
  const [a, b, c] = await Promise.all(["a", "b", "c"].map((subject) => issueToken(ring, { ...CLAIMS, subject })));
  for (const issued of [a, b, a, c]) await verifier.verify(issued?.token);
  expect(verifier.cachedTokens).toBe(2);
  expect(decrypt).toHaveBeenCalledTimes(3);
  await verifier.verify(a?.token);
  expect(decrypt).toHaveBeenCalledTimes(3);
  await verifier.verify(b?.token);
  expect(decrypt).toHaveBeenCalledTimes(4);
  decrypt.mockRestore();
});

test("refused tokens are not remembered, and a cache of size 0 remembers nothing", async () => {
  const verifier = new TokenVerifier({ ring: importKeyRing("client", KEY), now: () => TEN, cacheSize: 0 });
  expect(await codeOf(verifier.verify(undefined))).toBe("token_missing");
  expect(await codeOf(verifier.verify(`${TOKEN}A`))).toBe("token_key_unknown");
  expect(await codeOf(verifier.verify(TOKEN))).toBe("accepted");
  expect(verifier.cachedTokens).toBe(0);
});
