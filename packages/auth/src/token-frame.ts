const HEADER = "v4.local.";

/** A v4.local text taken apart, nothing decoded and nothing believed yet. */
export interface TokenFrame {
  /** Nonce, ciphertext and tag, as base64url text. */
  readonly bodyText: string;
  /** The footer, as base64url text. */
  readonly footerText: string;
}

/**
 * Takes `v4.local.<body>.<footer>` apart; `undefined` for another version or purpose and for a text without a footer.
 * The character set is checked where the body is decoded and where the footer is looked up.
 */
export function splitFrame(text: string): TokenFrame | undefined {
  if (!text.startsWith(HEADER)) return undefined;
  const dot = text.indexOf(".", HEADER.length);
  if (dot <= HEADER.length || dot === text.length - 1) return undefined;
  return { bodyText: text.slice(HEADER.length, dot), footerText: text.slice(dot + 1) };
}

/** Puts a v4.local text together. */
export function joinFrame(body: Uint8Array, footerText: string): string {
  return `${HEADER}${Buffer.from(body.buffer, body.byteOffset, body.length).toString("base64url")}.${footerText}`;
}

/** Decodes a body; `undefined` when the text is not canonical, unpadded base64url. */
export function decodeBody(bodyText: string): Uint8Array | undefined {
  const body = Buffer.from(bodyText, "base64url");
  // Node's decoder skips what it does not know; only text that encodes back to itself was base64url.
  return body.toString("base64url") === bodyText ? body : undefined;
}
