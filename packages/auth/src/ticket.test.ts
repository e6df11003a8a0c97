import { expect, test } from "vitest";
import { importKeyRing } from "./import-key-ring.js";
import { issueToken } from "./issue-token.js";
import { KEY, KEY_ID, OTHER_KEY, SEALED, TEN, TICKET } from "./known-answers.test.data.js";
import { openTicket } from "./open-ticket.js";
import { sealTicket } from "./seal-ticket.js";

const ring = importKeyRing("model", KEY);
const job = { ticketId: "job-1", model: "tower-128", now: TEN };
const coded = (code: string) => expect.objectContaining({ name: "AuthError", code });

test("a ticket that another implementation sealed is opened", () => {
  expect(openTicket(ring, SEALED, job)).toEqual(TICKET);
  expect(openTicket(ring, SEALED, { ticketId: "job-1", now: TEN }).model).toBe("tower-128");
});

test("any JSON value travels in a ticket", () => {
  for (const payload of [
    null,
    0,
    false,
    "",
    "🐠\u0000\ud800",
    [],
    {},
    [{ a: [1.5, -0.25, 1e300] }],
    { __proto__: null, "a.b": [] },
  ]) {
    const opened = openTicket(ring, sealTicket(ring, { ...TICKET, payload }), job);
    expect(opened).toEqual({ ...TICKET, payload });
  }
});

test("a payload that JSON cannot carry is not sealed", () => {
  const circle: unknown[] = [];
  circle.push(circle);
  for (const payload of [undefined, () => 1, Symbol("x"), 1n, circle]) {
    expect(() => sealTicket(ring, { ...TICKET, payload })).toThrow(coded("claims_invalid"));
  }
  expect(() => sealTicket(ring, { ...TICKET, ticketId: "" })).toThrow(coded("claims_invalid"));
  expect(() => sealTicket(ring, { ...TICKET, expiresAt: Number.NaN })).toThrow(coded("claims_invalid"));
});

test("a ticket moved to another job does not open", () => {
  for (const ticketId of ["job-2", "job-", "job-11", "", "JOB-1"]) {
    expect(() => openTicket(ring, SEALED, { ...job, ticketId })).toThrow(coded("ticket_invalid"));
  }
});

test("a ticket does not open for another model", () => {
  expect(() => openTicket(ring, SEALED, { ...job, model: "tower-256" })).toThrow(coded("ticket_wrong_model"));
});

test("a ticket does not open after its deadline, unless a tolerance is asked for", () => {
  expect(openTicket(ring, SEALED, { ...job, now: TEN + 300 })).toEqual(TICKET);
  expect(() => openTicket(ring, SEALED, { ...job, now: TEN + 301 })).toThrow(coded("ticket_expired"));
  expect(openTicket(ring, SEALED, { ...job, now: TEN + 301, clockToleranceMs: 1 })).toEqual(TICKET);
  expect(() => openTicket(ring, SEALED, { ticketId: "job-1", now: Date.UTC(2099, 1) })).toThrow(
    coded("ticket_expired"),
  );
});

test("a ticket opens through a rotation until its key is removed", () => {
  const rotating = importKeyRing("model", KEY);
  rotating.promote(rotating.generate().id);
  expect(openTicket(rotating, SEALED, job)).toEqual(TICKET);
  rotating.remove(KEY_ID);
  expect(() => openTicket(rotating, SEALED, job)).toThrow(coded("ticket_key_unknown"));
  expect(() => openTicket(importKeyRing("model", OTHER_KEY), SEALED, job)).toThrow(coded("ticket_key_unknown"));
});

test("a token is not a ticket", async () => {
  const { token } = await issueToken(ring, { subject: "worker", scopes: [], expiresAt: Date.now() + 1000 });
  expect(() => openTicket(ring, token, job)).toThrow(coded("ticket_invalid"));
});

test("an oversized ticket is neither sealed nor decoded", () => {
  const payload = "x".repeat(1_048_576);
  expect(() => sealTicket(ring, { ...TICKET, payload })).toThrow(coded("ticket_too_large"));
  expect(() => sealTicket(ring, TICKET, { maxLength: 300 })).toThrow(coded("ticket_too_large"));
  expect(() => openTicket(ring, SEALED, { ...job, maxLength: SEALED.length - 1 })).toThrow(coded("ticket_too_large"));
  const large = sealTicket(ring, { ...TICKET, payload: payload.slice(0, 780_000) });
  expect(large.length).toBeLessThanOrEqual(1_048_576);
  expect(openTicket(ring, large, job).payload).toHaveLength(780_000);
  const started = performance.now();
  expect(() => openTicket(ring, SEALED.padEnd(16_000_000, "A"), job)).toThrow(coded("ticket_too_large"));
  expect(performance.now() - started).toBeLessThan(50);
});

test("no ticket survives the flip of any bit or a misshapen frame", () => {
  for (let at = 0; at < SEALED.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const flipped =
        SEALED.slice(0, at) + String.fromCharCode(SEALED.charCodeAt(at) ^ (1 << bit)) + SEALED.slice(at + 1);
      expect(() => openTicket(ring, flipped, job)).toThrow(/ticket/);
    }
  }
  const [, , body, footer] = SEALED.split(".");
  for (const text of [
    "",
    "v4.local.",
    `v4.local.${body}`,
    `v3.local.${body}.${footer}`,
    `v4.local.${body}=.${footer}`,
  ]) {
    expect(() => openTicket(ring, text, job)).toThrow(coded("ticket_malformed"));
  }
});
