import { expect, test } from "vitest";
import { importKeyRing } from "./import-key-ring.js";
import { issueToken } from "./issue-token.js";
import { CLAIMS, ELEVEN, KEY, TEN } from "./known-answers.test.data.js";
import { verifyToken } from "./verify-token.js";

const ring = importKeyRing("client", KEY);

test("what is issued is what is verified, defaults included", async () => {
  const { token, claims } = await issueToken(ring, {
    subject: "a",
    scopes: ["x", "y:z"],
    expiresAt: Date.now() + 5000,
  });
  expect(claims).toMatchObject({ audience: "client", tenant: "default", notBefore: claims.issuedAt });
  expect(claims.tokenId).toMatch(/^[\da-f-]{36}$/);
  expect("userId" in claims).toBe(false);
  const verified = await verifyToken(ring, token);
  expect(verified).toEqual(claims);
  expect(Object.isFrozen(verified) && Object.isFrozen(verified.scopes)).toBe(true);
  const full = { ...CLAIMS, scopes: ["ünïcode", "b"], tenant: "söder 🎬", notBefore: TEN + 1 };
  const again = await issueToken(ring, full);
  expect(again.claims).toEqual(full);
  await expect(verifyToken(ring, again.token, { now: TEN })).resolves.toEqual(full);
});

test("claims that make no sense are not issued", async () => {
  const wrong = [
    { subject: "" },
    { tenant: "" },
    { userId: "" },
    { tokenId: "" },
    { scopes: ["two words"] },
    { scopes: [""] },
    { expiresAt: TEN },
    { expiresAt: Number.NaN },
    { expiresAt: 1e15 },
    { notBefore: ELEVEN },
  ];
  for (const part of wrong)
    await expect(issueToken(ring, { ...CLAIMS, ...part })).rejects.toMatchObject({ code: "claims_invalid" });
  const long = issueToken(ring, { ...CLAIMS, subject: "x".repeat(4000) });
  await expect(long).rejects.toMatchObject({ code: "token_too_long" });
});
