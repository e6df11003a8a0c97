import { inspect } from "node:util";
import type { Audience } from "./audience.js";
import { AuthError } from "./auth-error.js";
import type { KeyInfo, KeyState, StoredKey } from "./key-info.js";
import { LocalKey } from "./local-key.js";

interface RingKey {
  readonly key: LocalKey;
  readonly state: KeyState;
  readonly since: number;
}

/**
 * The keys of one audience. A rotation is `generate` (wait until every process has the new key), `promote` (the old
 * key retires by itself; wait out the longest token lifetime), `remove`.
 *
 * Changes are made in memory; {@link KeyDirectory.update} makes them in a file. Nothing printed, inspected or
 * serialised from a ring shows a secret.
 *
 * @typeParam A - the audience, so that a client ring cannot be passed where a model ring is meant
 */
export class KeyRing<A extends Audience = Audience> {
  /** Whose keys these are. */
  readonly audience: A;
  #keys = new Map<string, RingKey>();

  /** An empty ring. */
  constructor(audience: A) {
    this.audience = audience;
  }

  /** Adds a new random key, `verifying`. */
  generate(): KeyInfo {
    return this.#put(LocalKey.generate(), "verifying");
  }

  /**
   * Adds a key made elsewhere.
   *
   * @param paserk - the key as a `k4.local` PASERK
   * @throws {@link AuthError} `key_malformed`; `key_exists`; `key_state_conflict` for a second issuing key
   */
  add(paserk: string, state: KeyState = "verifying", since?: number): KeyInfo {
    const key = LocalKey.fromPaserk(paserk);
    if (this.#keys.has(key.id)) throw new AuthError("key_exists");
    if (state === "issuing" && this.#issuing() !== undefined) {
      throw new AuthError("key_state_conflict", "The ring already has an issuing key; promote the new one instead");
    }
    return this.#put(key, state, since);
  }

  /**
   * Makes a key the issuing one; the key that issued before it retires. A retiring key may come back this way.
   *
   * @throws {@link AuthError} `key_unknown`
   */
  promote(id: string): KeyInfo {
    const next = this.#get(id);
    const current = this.#issuing();
    if (current?.key.id === id) return info(current);
    if (current !== undefined) this.#put(current.key, "retiring");
    return this.#put(next.key, "issuing");
  }

  /**
   * Marks a key that was never promoted as on its way out.
   *
   * @throws {@link AuthError} `key_unknown`; `key_state_conflict` for the issuing key: promote its successor instead
   */
  retire(id: string): KeyInfo {
    const entry = this.#getIdle(id);
    return entry.state === "retiring" ? info(entry) : this.#put(entry.key, "retiring");
  }

  /**
   * Forgets a key: from now on its tokens are refused with `token_key_unknown`.
   *
   * @throws {@link AuthError} `key_unknown`; `key_state_conflict` for the issuing key: promote its successor first
   */
  remove(id: string): void {
    this.#keys.delete(this.#getIdle(id).key.id);
  }

  /** The keys, in the order in which they were added; without their secrets. */
  list(): readonly KeyInfo[] {
    return [...this.#keys.values()].map(info);
  }

  /** The keys with their secrets, for key storage. */
  exportKeys(): readonly StoredKey[] {
    return [...this.#keys.values()].map((entry) => ({ ...info(entry), secret: entry.key.exportPaserk() }));
  }

  /** Takes over the keys of another ring of the audience in one step; holders of this ring see them. @internal */
  replaceWith(other: KeyRing<A>): void {
    this.#keys = new Map(other.#keys);
  }

  /** The key that makes new tokens; throws `key_none_issuing`. @internal */
  issuingKey(): LocalKey {
    const entry = this.#issuing();
    if (entry === undefined) throw new AuthError("key_none_issuing");
    return entry.key;
  }

  /** The key that a token's footer names, by the footer's text; `undefined` for any other text. @internal */
  keyOfFooter(footerText: string): LocalKey | undefined {
    for (const { key } of this.#keys.values()) if (key.footerText === footerText) return key;
    return undefined;
  }

  toString(): string {
    return `KeyRing(${this.audience}, ${this.#keys.size} keys)`;
  }

  toJSON(): { readonly audience: A; readonly keys: readonly KeyInfo[] } {
    return { audience: this.audience, keys: this.list() };
  }

  [inspect.custom](): string {
    return this.toString();
  }

  #issuing(): RingKey | undefined {
    for (const entry of this.#keys.values()) if (entry.state === "issuing") return entry;
    return undefined;
  }

  #get(id: string): RingKey {
    const entry = this.#keys.get(id);
    if (entry === undefined) throw new AuthError("key_unknown");
    return entry;
  }

  #getIdle(id: string): RingKey {
    const entry = this.#get(id);
    if (entry.state === "issuing")
      throw new AuthError("key_state_conflict", "The issuing key cannot leave; promote its successor first");
    return entry;
  }

  #put(key: LocalKey, state: KeyState, since = Date.now()): KeyInfo {
    const entry = { key, state, since };
    this.#keys.set(key.id, entry);
    return info(entry);
  }
}

function info({ key, state, since }: RingKey): KeyInfo {
  return { id: key.id, state, since };
}
