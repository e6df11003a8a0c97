/** Whom a token is for: `client` = callers of the public API, `model` = model workers. Each has its own keys. */
export type Audience = "client" | "model";

/** Both audiences, in the order in which their key files are made. */
export const AUDIENCES: readonly Audience[] = Object.freeze(["client", "model"] as const);

/** The `iss` claim of every token and ticket. */
export const ISSUER = "cinedeepmatch";

/**
 * The implicit assertion of a token: authenticated with the token but not carried in it, so that a token of one
 * audience stays invalid for the other even if an operator gives both rings the same key.
 */
export function audienceAssertion(audience: Audience): Uint8Array {
  return ASSERTIONS[audience];
}

const ASSERTIONS: Readonly<Record<Audience, Uint8Array>> = {
  client: new TextEncoder().encode(`${ISSUER}/client`),
  model: new TextEncoder().encode(`${ISSUER}/model`),
};
