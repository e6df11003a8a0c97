import { ErrorReason } from "@cinedeepmatch/contract";
import { beforeEach, expect, test } from "vitest";
import { GuessLimits } from "./guess-limits.js";
import { HashLine } from "./hash-line.js";
import { MemoryAccountStore } from "./memory-account-store.test.support.js";
import { Passwords } from "./passwords.js";

let accounts: MemoryAccountStore;
let verified: string[];
let cost: string;
let passwords: Passwords;

beforeEach(() => {
  accounts = new MemoryAccountStore();
  verified = [];
  cost = "cheap";
  passwords = new Passwords({
    store: accounts.store,
    limits: new GuessLimits(),
    line: new HashLine({ waiting: 20_000 }),
    isOpen: (tenant) => tenant === "t",
    hasher: {
      hash: async (password) => `${cost}:${password}`,
      verify: async (password, hash) => {
        verified.push(hash);
        return hash.slice(hash.indexOf(":") + 1) === password;
      },
      isOutdated: (hash) => !hash.startsWith(`${cost}:`),
    },
  });
});

const attempt = (fields: object = {}) => ({
  tenant: "t",
  email: "Ann@Example.com",
  password: "a long password",
  address: "home",
  ...fields,
});

test("whoever signed up signs in, however the address is written", async () => {
  await passwords.signUp(attempt());
  const id = await passwords.signIn(attempt({ email: " ann@example.COM" }));
  expect(id).toBe([...accounts.users.values()][0]?.id);
});

test("a wrong password and an unknown address are refused alike, and both cost a hash", async () => {
  await passwords.signUp(attempt());
  const wrong = await passwords.signIn(attempt({ password: "no" })).catch((error: unknown) => error);
  const unknown = await passwords.signIn(attempt({ email: "bob@example.com" })).catch((error: unknown) => error);
  expect(wrong).toMatchObject({ reason: ErrorReason.CREDENTIALS_REJECTED });
  expect(unknown).toEqual(wrong);
  expect(verified).toHaveLength(2);
});

test("signing up again changes nothing and says nothing", async () => {
  await passwords.signUp(attempt());
  await passwords.signUp(attempt({ password: "another password" }));
  await passwords.signIn(attempt());
  expect(accounts.users.size).toBe(1);
});

test("a tenant that is not open takes no sign-ups, at no cost", async () => {
  await expect(passwords.signUp(attempt({ tenant: "other" }))).rejects.toMatchObject({
    reason: ErrorReason.SIGN_UP_CLOSED,
  });
});

test("10,000 guesses cost five hashes, and the user signs in from elsewhere", async () => {
  await passwords.signUp(attempt());
  const guesses = Array.from({ length: 10_000 }, (_, index) =>
    passwords.signIn(attempt({ password: `guess ${index}`, address: "attacker" })).catch((error: unknown) => error),
  );
  const reasons = (await Promise.all(guesses)).map((error) => (error as { reason: ErrorReason }).reason);
  expect(reasons.filter((reason) => reason === ErrorReason.CREDENTIALS_REJECTED)).toHaveLength(5);
  expect(reasons.filter((reason) => reason === ErrorReason.TOO_MANY_ATTEMPTS)).toHaveLength(9_995);
  expect(verified).toHaveLength(5);
  expect(await passwords.signIn(attempt())).not.toBe("");
});

test("a password is hashed anew at today's cost when its user signs in, and only then", async () => {
  await passwords.signUp(attempt());
  cost = "dear";
  await passwords.signIn(attempt({ password: "no" })).catch(() => {});
  expect([...accounts.users.values()][0]?.passwordHash).toBe("cheap:a long password");
  await passwords.signIn(attempt());
  expect([...accounts.users.values()][0]?.passwordHash).toBe("dear:a long password");
  await passwords.signIn(attempt());
});
