import fc from "fast-check";
import { expect, test } from "vitest";
import { AuthError } from "./auth-error.js";
import { importKeyRing } from "./import-key-ring.js";
import { issueToken } from "./issue-token.js";
import { KEY, OTHER_KEY } from "./known-answers.test.data.js";
import { verifyToken } from "./verify-token.js";

const ring = importKeyRing("client", `${KEY} ${OTHER_KEY}`);
const modelRing = importKeyRing("model", `${KEY} ${OTHER_KEY}`);

const claims = fc.record({
  subject: fc.string({ minLength: 1, maxLength: 40, unit: "grapheme" }),
  scopes: fc.array(fc.stringMatching(/^[a-z:]{1,12}$/), { maxLength: 4 }),
  tenant: fc.string({ minLength: 1, maxLength: 12 }),
  expiresAt: fc.constant(Date.now() + 3_600_000),
});

/** Every text one bit away. */
function* bitFlips(token: string): Generator<string> {
  for (let at = 0; at < token.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      yield token.slice(0, at) + String.fromCharCode(token.charCodeAt(at) ^ (1 << bit)) + token.slice(at + 1);
    }
  }
}

/** Other changes that a forger or a careless proxy would try. */
function* mutations(token: string, other: string): Generator<string> {
  const [version, purpose, body, footer] = token.split(".") as [string, string, string, string];
  const [, , otherBody, otherFooter] = other.split(".") as [string, string, string, string];
  for (const wrong of ["v1", "v2", "v3", "v5", "V4", "v04", "v4 ", ""]) yield `${wrong}.${purpose}.${body}.${footer}`;
  for (const wrong of ["public", "Local", "local ", "", "lid"]) yield `${version}.${wrong}.${body}.${footer}`;
  for (const pad of ["=", "==", "A", "AA", "AAAA", "\n", " ", "%3D"]) {
    yield `${version}.${purpose}.${body}${pad}.${footer}`;
    yield `${version}.${purpose}.${pad}${body}.${footer}`;
    yield `${token}${pad}`;
    yield `${pad}${token}`;
  }
  for (let length = 1; length <= 8; length++) {
    yield `${version}.${purpose}.${body.slice(0, -length)}.${footer}`;
    yield `${version}.${purpose}.${body.slice(length)}.${footer}`;
    yield token.slice(0, -length);
  }
  for (const wrong of ["", "e30", footer.slice(4), `${footer}.${footer}`, otherFooter]) {
    if (wrong !== footer) yield `${version}.${purpose}.${body}.${wrong}`;
  }
  yield `${version}.${purpose}.${body}`;
  // The head of one token with the tail of another, and standard base64 in place of base64url.
  yield `${version}.${purpose}.${body.slice(0, -43)}${otherBody.slice(-43)}.${footer}`;
  yield `${version}.${purpose}.${otherBody.slice(0, 43)}${body.slice(43)}.${footer}`;
  const standard = body.replaceAll("-", "+").replaceAll("_", "/");
  if (standard !== body) yield `${version}.${purpose}.${standard}.${footer}`;
}

async function isRefused(token: string, by = ring): Promise<boolean> {
  try {
    await verifyToken(by, token);
    return false;
  } catch (error) {
    return error instanceof AuthError && error.code.startsWith("token_");
  }
}

test("no valid token survives the flip of any bit, another header, padding, footer or assertion: 100 000 cases", async () => {
  let cases = 0;
  const refuses = async (token: string, by = ring) => {
    cases++;
    if (!(await isRefused(token, by))) throw new Error(`accepted: ${token}`);
  };
  const property = fc.asyncProperty(claims, claims, async (mine, theirs) => {
    const { token } = await issueToken(ring, mine);
    const other = await issueToken(importKeyRing("client", OTHER_KEY), theirs);
    await verifyToken(ring, token);
    await verifyToken(ring, other.token);
    for (const changed of bitFlips(token)) await refuses(changed);
    for (const changed of mutations(token, other.token)) await refuses(changed);
    await refuses(token, modelRing as never);
  });
  await fc.assert(property, { numRuns: 32 });
  expect(cases).toBeGreaterThan(100_000);
});

test("arbitrary text shaped like a token is refused by code, never by another error", async () => {
  const part = fc.oneof(fc.string({ unit: "binary" }), fc.base64String(), fc.constant(""));
  const footer = fc.constantFrom(
    ...["", "e30", ...ring.list().map(({ id }) => btoa(JSON.stringify({ kid: id })).replace(/=+$/, ""))],
  );
  const text = fc.tuple(fc.constantFrom("v4.local.", "v4.local", "", "v4.public."), part, footer);
  const property = fc.asyncProperty(text, async ([head, body, tail]) => isRefused(`${head}${body}.${tail}`));
  await fc.assert(property, { numRuns: 5000 });
});
