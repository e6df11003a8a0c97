import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { FISH_SHA256, KEY, KEY_ID, NEMO, NONCE, NOTHING } from "./known-answers.test.data.js";
import { parseLocalPaserk } from "./paserk.js";
import { decodeBody, joinFrame, splitFrame } from "./token-frame.js";
import { V4Local } from "./v4-local.js";

const cipher = new V4Local(parseLocalPaserk(KEY));
const footer = Buffer.from(JSON.stringify({ kid: KEY_ID }));

function encrypt(message: string, implicit: string): string {
  const body = cipher.encrypt(Buffer.from(message), footer, Buffer.from(implicit), NONCE);
  return joinFrame(body, footer.toString("base64url"));
}

test("encrypts to what another implementation computes", () => {
  expect(encrypt('{"sub":"nemo"}', "cinedeepmatch/client")).toBe(NEMO);
  expect(encrypt("", "")).toBe(NOTHING);
  const fish = encrypt('Pécs "🐠" '.repeat(20), "cinedeepmatch/ticket/7");
  expect(createHash("sha256").update(fish).digest("hex")).toBe(FISH_SHA256);
});

test("decrypts what another implementation encrypted", () => {
  const body = decodeBody(splitFrame(NEMO)?.bodyText ?? "") ?? new Uint8Array();
  const message = cipher.decrypt(body, footer, Buffer.from("cinedeepmatch/client"));
  expect(Buffer.from(message ?? []).toString()).toBe('{"sub":"nemo"}');
  expect(cipher.decrypt(body, footer, Buffer.from("cinedeepmatch/model"))).toBeUndefined();
  expect(cipher.decrypt(body, Buffer.from("{}"), Buffer.from("cinedeepmatch/client"))).toBeUndefined();
});

test("never uses a nonce twice", () => {
  const first = cipher.encrypt(footer, footer, footer);
  const second = cipher.encrypt(footer, footer, footer);
  expect(Buffer.compare(first.subarray(0, 32), second.subarray(0, 32))).not.toBe(0);
  expect(Buffer.compare(first.subarray(32), second.subarray(32))).not.toBe(0);
});

test("refuses every body too short to hold a nonce and a tag", () => {
  for (let length = 0; length < 64; length++) {
    expect(cipher.decrypt(new Uint8Array(length), footer, footer)).toBeUndefined();
  }
});
