import { blake2b } from "@noble/hashes/blake2.js";
import { AuthError } from "./auth-error.js";

/** Length of a v4.local key in bytes. */
export const KEY_BYTES = 32;

const LOCAL = "k4.local.";
const ID = "k4.lid.";
const ID_BYTES = 33;

/**
 * Reads the key out of a `k4.local` PASERK.
 *
 * @param paserk - the serialised key
 * @returns the 32 key bytes
 * @throws {@link AuthError} `key_malformed` for another version or type, a wrong length, or base64url that is not canonical
 */
export function parseLocalPaserk(paserk: string): Uint8Array {
  const encoded = paserk.startsWith(LOCAL) ? paserk.slice(LOCAL.length) : "";
  const material = Uint8Array.from(Buffer.from(encoded, "base64url"));
  // Node's decoder skips what it does not know; only text that encodes back to itself was base64url.
  if (material.length !== KEY_BYTES || toBase64Url(material) !== encoded) throw new AuthError("key_malformed");
  return material;
}

/**
 * Writes a key as a `k4.local` PASERK: the secret itself, in text.
 *
 * @throws {@link AuthError} `key_malformed` when there are not 32 bytes
 */
export function formatLocalPaserk(material: Uint8Array): string {
  if (material.length !== KEY_BYTES) throw new AuthError("key_malformed");
  return LOCAL + toBase64Url(material);
}

/**
 * The `k4.lid` id of a key: a hash, safe to show.
 *
 * @throws {@link AuthError} `key_malformed` when there are not 32 bytes
 */
export function localKeyId(material: Uint8Array): string {
  const input = new TextEncoder().encode(ID + formatLocalPaserk(material));
  return ID + toBase64Url(blake2b(input, { dkLen: ID_BYTES }));
}

function toBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64url");
}
