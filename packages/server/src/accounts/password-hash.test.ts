import { expect, test } from "vitest";
import { hashPassword, isOutdated, PASSWORD_COST, verifyPassword } from "./password-hash.js";

const CHEAP = { memory: 64, passes: 1, parallelism: 1 };

test("a password is verified by its own hash, and another is not", async () => {
  const hash = await hashPassword("correct horse", CHEAP);
  expect(await verifyPassword("correct horse", hash)).toBe(true);
  expect(await verifyPassword("correct hors", hash)).toBe(false);
  expect(await hashPassword("correct horse", CHEAP)).not.toBe(hash);
});

test("a hash is a PHC string at OWASP's cost or above", async () => {
  expect(await hashPassword("x")).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  const { memory, passes, parallelism } = PASSWORD_COST;
  expect(memory >= 19_456 && passes >= 2 && parallelism >= 1).toBe(true);
});

// Made with the reference implementation: argon2 (argon2-cffi 25.1, libargon2).
test("hashes of the reference implementation are understood", async () => {
  const hash = "$argon2id$v=19$m=19456,t=2,p=1$Y2luZWRlZXBtYXRjaC1zYWx0$FKNgP9Q58VglKO9Mc0Te7OUEUjv4KruCVRB1I+rfDqo";
  expect(await verifyPassword("correct horse battery", hash)).toBe(true);
  expect(await verifyPassword("correct horse batteri", hash)).toBe(false);
});

test("a hash of another cost is outdated", async () => {
  expect(isOutdated(await hashPassword("x", CHEAP))).toBe(true);
  expect(isOutdated(await hashPassword("x", CHEAP), CHEAP)).toBe(false);
});

test("one password typed as composed or decomposed characters is one password", async () => {
  expect(await verifyPassword("cafe\u0301 noir", await hashPassword("caf\u00e9 noir", CHEAP))).toBe(true);
});

test.each([
  "",
  "plain",
  "$argon2i$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
  "$argon2id$v=19$m=99999999,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
])("what is no hash of ours is an error: %s", async (hash) => {
  await expect(verifyPassword("x", hash)).rejects.toThrow("stored password hash");
});
