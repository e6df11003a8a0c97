import type { Claims } from "@cinedeepmatch/auth";
import { beforeEach, expect, test } from "vitest";
import type { Revocation } from "./account-store.js";
import { MOST_STALE_MS, RevocationList } from "./revocation-list.js";

const NOW = 1_700_000_000_000;
let now: number;
let list: RevocationList;
beforeEach(() => {
  now = NOW;
  list = new RevocationList(() => now);
  list.upToDate(now);
});

const claims = (fields: Partial<Claims> = {}) =>
  ({ tenant: "t", subject: "s", tokenId: "id", issuedAt: NOW, ...fields }) as Claims;
const revocation = (kind: Revocation["kind"], name: string, epoch = 0) => ({
  tenant: "t",
  kind,
  name,
  epoch,
  expiresAt: NOW + 1_000,
});

test("a token is revoked by its id, in its own tenant only", () => {
  list.apply([revocation("token", "id")]);
  expect(list.isRevoked(claims())).toBe(true);
  expect(list.isRevoked(claims({ tokenId: "other" }))).toBe(false);
  expect(list.isRevoked(claims({ tenant: "other" }))).toBe(false);
});

test("an epoch of a subject or of a user revokes what was issued before it", () => {
  list.apply([revocation("subject", "s", NOW + 1), revocation("user", "u", NOW + 1)]);
  expect(list.isRevoked(claims())).toBe(true);
  expect(list.isRevoked(claims({ issuedAt: NOW + 1 }))).toBe(false);
  expect(list.isRevoked(claims({ subject: "x", userId: "u" }))).toBe(true);
  expect(list.isRevoked(claims({ subject: "x", userId: "v" }))).toBe(false);
  // A subject is no user of the same name.
  expect(list.isRevoked(claims({ subject: "u" }))).toBe(false);
});

test("revocations are forgotten when no token that they refuse can be valid", () => {
  list.apply([revocation("token", "id")]);
  list.upToDate(NOW + 1_001);
  now = NOW + 1_001;
  expect(list.isRevoked(claims())).toBe(false);
});

test("a list that is out of date refuses every token", () => {
  now += MOST_STALE_MS + 1;
  expect(() => list.isRevoked(claims())).toThrow("not known");
  list.upToDate(now);
  expect(list.isRevoked(claims())).toBe(false);
});
