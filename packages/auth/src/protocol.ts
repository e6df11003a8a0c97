import { InvalidTokenError, LocalDecrypt, LocalEncrypt, LocalProtocol } from "paseto";
import type { LocalKey } from "./local-key.js";

const EncryptFactory = LocalEncrypt<4, LocalKey>({
  version: 4,
  async run(key, message, _footer, implicitAssertion) {
    return key.encrypt(message, implicitAssertion);
  },
});

const DecryptFactory = LocalDecrypt<4, LocalKey>({
  version: 4,
  async run(key, body, _footer, implicitAssertion) {
    const message = key.decrypt(body, implicitAssertion);
    if (message === undefined) throw new InvalidTokenError();
    return message;
  },
});

/**
 * The `paseto` package's v4.local, which has framing and claim checks but no XChaCha20 or BLAKE2b, completed by ours.
 *
 * Always pass the key's own `footer` as an option: the key authenticates that footer whatever the token carries.
 */
export const protocol = new LocalProtocol(EncryptFactory, DecryptFactory);
