import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { formatLocalPaserk, KEY_BYTES, localKeyId, parseLocalPaserk } from "./paserk.js";
import { V4Local } from "./v4-local.js";

/**
 * One v4.local key. Its bytes are in private fields: printing, inspecting or serialising a key shows its id only.
 * Has the shape the `paseto` package asks of a key.
 */
export class LocalKey {
  readonly algorithm = { name: "PASETO v4.local" } as const;
  readonly type = "secret";
  readonly extractable = false;
  /** The key's `k4.lid` PASERK: public, derived from the key. */
  readonly id: string;
  /** The footer of everything made with this key, `{"kid":"<id>"}`: it chooses the key on the way back, nothing else. */
  readonly footer: Uint8Array;
  /** {@link footer} as it stands at the end of a token, so that a key is found without decoding what a caller sent. */
  readonly footerText: string;
  readonly #material: Uint8Array;
  readonly #cipher: V4Local;

  /** @param material - 32 bytes; must not be changed afterwards */
  private constructor(material: Uint8Array) {
    this.id = localKeyId(material);
    const footer = Buffer.from(JSON.stringify({ kid: this.id }));
    this.footer = Uint8Array.from(footer);
    this.footerText = footer.toString("base64url");
    this.#material = material;
    this.#cipher = new V4Local(material);
  }

  /** A new random key. */
  static generate(): LocalKey {
    return new LocalKey(Uint8Array.from(randomBytes(KEY_BYTES)));
  }

  /** @throws {@link AuthError} `key_malformed` */
  static fromPaserk(paserk: string): LocalKey {
    return new LocalKey(parseLocalPaserk(paserk));
  }

  /** The secret, as a `k4.local` PASERK. For key storage only. */
  exportPaserk(): string {
    return formatLocalPaserk(this.#material);
  }

  /** Encrypts under this key and its footer. */
  encrypt(message: Uint8Array, implicit: Uint8Array): Uint8Array {
    return this.#cipher.encrypt(message, this.footer, implicit);
  }

  /** Decrypts what {@link encrypt} made; `undefined` when it is not authentic. */
  decrypt(body: Uint8Array, implicit: Uint8Array): Uint8Array | undefined {
    return this.#cipher.decrypt(body, this.footer, implicit);
  }

  toString(): string {
    return `LocalKey(${this.id})`;
  }

  toJSON(): { readonly id: string } {
    return { id: this.id };
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
