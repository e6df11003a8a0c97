/**
 * A failure's message without the address that was tried: drivers quote what they could not parse or reach, and an
 * address has a password in it.
 */
export function hideSecrets(error: unknown, address: string): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  const credentials = /^(?:[a-z+]+:)?\/*([^@]*)@/i.exec(address)?.[1];
  const hidden = [address, credentials, credentials?.split(":").slice(1).join(":")];
  return hidden.reduce<string>((text, secret) => (secret ? text.replaceAll(secret, "…") : text), message);
}
