/**
 * Where a key stands in its rotation: `verifying` = new, known everywhere, issues nothing yet; `issuing` = makes the
 * new tokens, at most one a ring; `retiring` = has been followed by another, verifies until it is removed.
 */
export type KeyState = "verifying" | "issuing" | "retiring";

/** What may be shown of a key. */
export interface KeyInfo {
  /** The key's `k4.lid` PASERK. */
  readonly id: string;
  /** Where the key stands in its rotation. */
  readonly state: KeyState;
  /** Since when the key has been in that state, in milliseconds since the Unix epoch. */
  readonly since: number;
}

/** A key with its secret, as key storage holds it. */
export interface StoredKey extends KeyInfo {
  /** The secret: a `k4.local` PASERK. */
  readonly secret: string;
}
