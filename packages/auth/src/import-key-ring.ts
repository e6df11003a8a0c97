import type { Audience } from "./audience.js";
import { AuthError } from "./auth-error.js";
import { KeyRing } from "./key-ring.js";

/**
 * A ring from PASERKs given directly, as from an environment variable or a mounted secret.
 *
 * To rotate such a ring: append the new key everywhere, then move it to the front, then drop the old one.
 *
 * @param audience - whose keys they are
 * @param paserks - `k4.local` PASERKs, separated by commas or white space; the first issues, the others verify
 * @throws {@link AuthError} `key_malformed`, `key_exists`, or `key_none_issuing` when the text holds no key
 */
export function importKeyRing<A extends Audience>(audience: A, paserks: string): KeyRing<A> {
  const [first, ...others] = paserks.split(/[\s,]+/).filter(Boolean);
  if (first === undefined) throw new AuthError("key_none_issuing");
  const ring = new KeyRing(audience);
  ring.add(first, "issuing");
  for (const paserk of others) ring.add(paserk, "verifying");
  return ring;
}
