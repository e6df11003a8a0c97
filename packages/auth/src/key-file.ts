import type { Audience } from "./audience.js";
import { AuthError } from "./auth-error.js";
import type { KeyState, StoredKey } from "./key-info.js";
import { KeyRing } from "./key-ring.js";

const STATES: readonly unknown[] = ["verifying", "issuing", "retiring"] satisfies readonly KeyState[];
const VERSION = 1;

/** A ring as the text of its key file, secrets included. */
export function formatKeyFile(ring: KeyRing): string {
  return `${JSON.stringify({ version: VERSION, audience: ring.audience, keys: ring.exportKeys() }, null, 2)}\n`;
}

/**
 * A ring from the text of its key file.
 *
 * @param path - named in errors
 * @throws {@link AuthError} `key_file_malformed`; never with a piece of the file in it
 */
export function parseKeyFile<A extends Audience>(audience: A, text: string, path: string): KeyRing<A> {
  const ring = new KeyRing(audience);
  try {
    const file = JSON.parse(text);
    if (file.version !== VERSION || file.audience !== audience) throw new AuthError("key_file_malformed");
    for (const { id, secret, state, since } of file.keys as readonly StoredKey[]) {
      if (!STATES.includes(state) || !Number.isSafeInteger(since)) throw new AuthError("key_file_malformed");
      if (ring.add(secret, state, since).id !== id) throw new AuthError("key_file_malformed");
    }
    return ring;
  } catch {
    throw new AuthError("key_file_malformed", `${path} does not hold the key ring of audience "${audience}"`);
  }
}
