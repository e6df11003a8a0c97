import { createHash, randomBytes } from "node:crypto";

/** A secret that is shown once, and what is kept of it. */
export interface Secret {
  readonly text: string;
  /** SHA-256 of the text. With 256 random bits inside nothing slower is needed: there is nothing to guess. */
  readonly digest: Uint8Array;
}

/** Makes a secret of 256 random bits. @param prefix by which people and scanners recognise it */
export function makeSecret(prefix: string): Secret {
  const text = prefix + randomBytes(32).toString("base64url");
  return { text, digest: digestOf(text) };
}

/** What is kept of a secret. */
export function digestOf(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
