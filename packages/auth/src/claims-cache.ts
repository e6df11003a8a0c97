import { hash } from "node:crypto";
import type { Claims } from "./claims.js";

/**
 * The claims of the tokens verified last, at most `size` of them; the least recently used goes first. Tokens are held
 * as SHA-256 hashes, so that a dump of memory gives no caller's token away.
 */
export class ClaimsCache {
  readonly #size: number;
  readonly #claims = new Map<string, Claims>();

  /** @param size - how many tokens to remember; 0 remembers none */
  constructor(size: number) {
    this.#size = size;
  }

  /** How many tokens are remembered now. */
  get size(): number {
    return this.#claims.size;
  }

  get(token: string): Claims | undefined {
    const key = keyOf(token);
    const claims = this.#claims.get(key);
    if (claims === undefined) return undefined;
    // A Map keeps the order of insertion: putting an entry back makes it the youngest.
    this.#claims.delete(key);
    this.#claims.set(key, claims);
    return claims;
  }

  set(token: string, claims: Claims): void {
    const key = keyOf(token);
    this.#claims.delete(key);
    this.#claims.set(key, claims);
    if (this.#claims.size <= this.#size) return;
    const oldest = this.#claims.keys().next();
    if (!oldest.done) this.#claims.delete(oldest.value);
  }

  delete(token: string): void {
    this.#claims.delete(keyOf(token));
  }
}

function keyOf(token: string): string {
  return hash("sha256", token, "base64");
}
