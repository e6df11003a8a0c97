import { expect, test } from "vitest";
import { audienceAssertion } from "./audience.js";
import { hasScope } from "./has-scope.js";
import { importKeyRing } from "./import-key-ring.js";
import { issueToken } from "./issue-token.js";
import { CLAIMS, ELEVEN, KEY, NEMO, OTHER_KEY, SEALED, TEN, TOKEN } from "./known-answers.test.data.js";
import { LocalKey } from "./local-key.js";
import { joinFrame } from "./token-frame.js";
import { toPayload } from "./token-payload.js";
import { type VerifyTokenOptions, verifyToken } from "./verify-token.js";

const ring = importKeyRing("client", KEY);
const modelRing = importKeyRing("model", KEY);
const key = LocalKey.fromPaserk(KEY);

const verify = (token: string | undefined, options: VerifyTokenOptions = { now: TEN }) =>
  verifyToken(ring, token, options);
const codeOf = (verdict: Promise<unknown>) =>
  verdict.then(
    () => "accepted",
    (error) => error.code,
  );

/** A token as only a holder of the key can forge it. */
function forge(payload: unknown): string {
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  return joinFrame(key.encrypt(Buffer.from(text), audienceAssertion("client")), key.footerText);
}

test("a token that another implementation made is verified", async () => {
  await expect(verify(TOKEN)).resolves.toEqual(CLAIMS);
});

test("an expired token is refused once the clock tolerance has passed", async () => {
  expect(await codeOf(verify(TOKEN, { now: ELEVEN + 30_000 }))).toBe("accepted");
  expect(await codeOf(verify(TOKEN, { now: ELEVEN + 30_001 }))).toBe("token_expired");
  expect(await codeOf(verify(TOKEN, { now: ELEVEN + 1, clockToleranceMs: 0 }))).toBe("token_expired");
});

test("a token is refused before its time", async () => {
  expect(await codeOf(verify(TOKEN, { now: TEN - 30_000 }))).toBe("accepted");
  expect(await codeOf(verify(TOKEN, { now: TEN - 30_001 }))).toBe("token_not_yet_valid");
  const { token } = await issueToken(ring, { ...CLAIMS, notBefore: TEN + 60_000 });
  expect(await codeOf(verify(token))).toBe("token_not_yet_valid");
});

test("a token older than the longest age is refused whatever its expiry", async () => {
  const options = { maxTokenAgeMs: 60_000, clockToleranceMs: 0 };
  expect(await codeOf(verify(TOKEN, { ...options, now: TEN + 60_000 }))).toBe("accepted");
  expect(await codeOf(verify(TOKEN, { ...options, now: TEN + 60_001 }))).toBe("token_expired");
});

test("a token of the other audience is refused, even under the same key", async () => {
  const { token } = await issueToken(modelRing, { ...CLAIMS, audience: "model" });
  expect(await codeOf(verify(token))).toBe("token_invalid");
  expect(await codeOf(verifyToken(importKeyRing("model", OTHER_KEY), TOKEN, { now: TEN }))).toBe("token_key_unknown");
  expect(await codeOf(verify(forge({ ...toPayload(CLAIMS), aud: "model" })))).toBe("token_wrong_audience");
  expect(await codeOf(issueToken(ring, { ...CLAIMS, audience: "model" }))).toBe("token_wrong_audience");
});

test("a ticket is not a token", async () => {
  expect(await codeOf(verifyToken(modelRing, SEALED, { now: TEN }))).toBe("token_invalid");
});

test("a revoked token is refused", async () => {
  const revocations = { isRevoked: ({ tokenId }: { tokenId: string }) => tokenId === "token-1" };
  expect(await codeOf(verify(TOKEN, { now: TEN, revocations }))).toBe("token_revoked");
});

test("a missing, oversized or misshapen token is refused before it is decoded", async () => {
  const [version, purpose, body, footer] = TOKEN.split(".") as [string, string, string, string];
  expect(await codeOf(verify(undefined))).toBe("token_missing");
  expect(await codeOf(verify(""))).toBe("token_missing");
  expect(await codeOf(verify(`${version}.${purpose}.${body.padEnd(5000, "A")}.${footer}`))).toBe("token_too_long");
  const started = performance.now();
  expect(await codeOf(verify("v4.local.".padEnd(8_000_000, "A")))).toBe("token_too_long");
  expect(performance.now() - started).toBeLessThan(50);
  for (const token of [
    "x",
    "v4.local.",
    "v4.local..",
    `v4.local..${footer}`,
    `Bearer ${TOKEN}`,
    `v3.local.${body}.${footer}`,
  ]) {
    expect(await codeOf(verify(token))).toBe("token_malformed");
  }
  expect(await codeOf(verify(`v4.public.${body}.${footer}`))).toBe("token_malformed");
  expect(await codeOf(verify(`${version}.${purpose}.${body}`))).toBe("token_malformed");
  expect(await codeOf(verify(`${version}.${purpose}.${body}.`))).toBe("token_malformed");
  for (const other of [`${footer}.`, `${footer}=`, `${footer}.${footer}`, "e30", footer.toLowerCase()]) {
    expect(await codeOf(verify(`${version}.${purpose}.${body}.${other}`))).toBe("token_key_unknown");
  }
  expect(await codeOf(verify(`${version}.${purpose}.${body}=.${footer}`))).toBe("token_invalid");
});

test("an authentic token that does not say what a token must say is refused", async () => {
  const payload = toPayload(CLAIMS);
  expect(await codeOf(verify(forge(payload)))).toBe("accepted");
  for (const name of Object.keys(payload)) {
    if (name === "uid") continue;
    const { [name as keyof typeof payload]: _, ...rest } = payload;
    expect(await codeOf(verify(forge(rest))), name).not.toBe("accepted");
    expect(await codeOf(verify(forge({ ...payload, [name]: 7 }))), name).not.toBe("accepted");
  }
  for (const wrong of [{ scp: "match" }, { scp: [1] }, { uid: null }, { iss: "other" }, { exp: "tomorrow" }]) {
    expect(await codeOf(verify(forge({ ...payload, ...wrong })))).not.toBe("accepted");
  }
  for (const text of ["[]", "7", "{", "\u0000", ""]) expect(await codeOf(verify(forge(text)))).toBe("token_invalid");
  expect(await codeOf(verify(NEMO))).toBe("token_expired");
});

test("no error shows the token or the key", async () => {
  const [, , body] = TOKEN.split(".") as [string, string, string];
  for (const token of [
    `${TOKEN}A`,
    TOKEN.replace(body, `A${body.slice(1)}`),
    forge("secret claims {"),
    `v3${TOKEN.slice(2)}`,
  ]) {
    const error = await verify(token).catch((refusal) => refusal);
    expect(error.cause).toBeUndefined();
    expect(error.stack).not.toContain(body.slice(20, 40));
    expect(error.stack).not.toContain("secret");
    expect(error.stack).not.toContain(KEY.slice(9, 29));
  }
});

test("a scope is compared exactly", () => {
  expect(hasScope(CLAIMS, "match:read")).toBe(true);
  for (const scope of ["match", "match:*", "*", "", "MATCH:READ"]) expect(hasScope(CLAIMS, scope)).toBe(false);
});
