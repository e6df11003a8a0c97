import { inspect } from "node:util";
import { expect, test } from "vitest";
import { importKeyRing } from "./import-key-ring.js";
import { issueToken } from "./issue-token.js";
import { KeyRing } from "./key-ring.js";
import { KEY, KEY_ID, OTHER_KEY } from "./known-answers.test.data.js";
import { LocalKey } from "./local-key.js";
import { verifyToken } from "./verify-token.js";

const hour = { subject: "account/42", scopes: [], expiresAt: Date.now() + 3_600_000 };

test("a token of the old key verifies through a whole rotation, until the key is removed", async () => {
  const ring = importKeyRing("client", KEY);
  const { token } = await issueToken(ring, hour);
  const next = ring.generate();
  expect(ring.list().map(({ state }) => state)).toEqual(["issuing", "verifying"]);
  const before = await issueToken(ring, hour);
  ring.promote(next.id);
  expect(ring.list().map(({ state }) => state)).toEqual(["retiring", "issuing"]);
  const after = await issueToken(ring, hour);
  expect(before.token.split(".")[3]).toBe(token.split(".")[3]);
  expect(after.token.split(".")[3]).not.toBe(token.split(".")[3]);
  await expect(verifyToken(ring, token)).resolves.toMatchObject({ subject: "account/42" });
  ring.remove(KEY_ID);
  await expect(verifyToken(ring, token)).rejects.toMatchObject({ code: "token_key_unknown" });
  await expect(verifyToken(ring, after.token)).resolves.toMatchObject({ subject: "account/42" });
});

test("a process that knows the new key only as verifying accepts what it issues elsewhere", async () => {
  const ahead = importKeyRing("client", `${OTHER_KEY} ${KEY}`);
  const behind = importKeyRing("client", `${KEY},\n${OTHER_KEY}\n`);
  const { token } = await issueToken(ahead, hour);
  await expect(verifyToken(behind, token)).resolves.toMatchObject({ subject: "account/42" });
});

test("a retiring key can be promoted again, and the other one retires", () => {
  const ring = importKeyRing("model", KEY);
  const { id } = ring.generate();
  ring.promote(id);
  ring.promote(KEY_ID);
  expect(ring.list().map(({ state }) => state)).toEqual(["issuing", "retiring"]);
  expect(ring.promote(KEY_ID)).toEqual(ring.list()[0]);
});

test("the issuing key can be neither retired nor removed, and there is only one", () => {
  const ring = importKeyRing("model", KEY);
  const conflict = expect.objectContaining({ code: "key_state_conflict" });
  expect(() => ring.retire(KEY_ID)).toThrow(conflict);
  expect(() => ring.remove(KEY_ID)).toThrow(conflict);
  expect(() => ring.add(OTHER_KEY, "issuing")).toThrow(conflict);
  const { id } = ring.add(OTHER_KEY);
  expect(ring.retire(id).state).toBe("retiring");
  ring.remove(id);
  expect(ring.list().map((key) => key.id)).toEqual([KEY_ID]);
});

test("wrong keys and ids are refused by code", async () => {
  const ring = importKeyRing("client", KEY);
  expect(() => ring.add(KEY)).toThrow(expect.objectContaining({ code: "key_exists" }));
  expect(() => ring.promote("k4.lid.none")).toThrow(expect.objectContaining({ code: "key_unknown" }));
  for (const paserk of [
    "k3.local.AAAA",
    KEY.slice(0, -1),
    `${KEY}=`,
    `${KEY.slice(0, -1)}9`,
    KEY.replace("local", "lid"),
  ]) {
    expect(() => ring.add(paserk)).toThrow(expect.objectContaining({ code: "key_malformed" }));
  }
  expect(() => importKeyRing("client", " \n")).toThrow(expect.objectContaining({ code: "key_none_issuing" }));
  await expect(issueToken(new KeyRing("client"), hour)).rejects.toMatchObject({ code: "key_none_issuing" });
});

test("nothing printed, inspected or serialised shows a secret", () => {
  const secret = KEY.slice("k4.local.".length);
  const ring = importKeyRing("client", KEY);
  const key = LocalKey.fromPaserk(KEY);
  const bytes = [...Buffer.from(secret, "base64url")].join(", ");
  for (const value of [ring, key, { ring, key }]) {
    const shown = [
      String(value),
      JSON.stringify(value),
      inspect(value, { depth: 9, showHidden: true }),
      inspect(value, { customInspect: false, depth: 9, showHidden: true }),
      JSON.stringify(structuredClone(JSON.parse(JSON.stringify(value)))),
    ].join("\n");
    expect(shown).not.toContain(secret);
    expect(shown).not.toContain(bytes.slice(0, 40));
  }
  expect(JSON.parse(JSON.stringify(ring)).keys[0].id).toBe(KEY_ID);
  expect(ring.exportKeys()[0]?.secret).toBe(KEY);
});
