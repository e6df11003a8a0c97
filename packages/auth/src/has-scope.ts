import type { Claims } from "./claims.js";

/**
 * Whether the claims carry a scope. Scopes are compared exactly: no wildcards, no hierarchy, no case folding.
 *
 * @param claims - verified claims
 * @param scope - the scope a method asks for
 */
export function hasScope(claims: Pick<Claims, "scopes">, scope: string): boolean {
  return claims.scopes.includes(scope);
}
