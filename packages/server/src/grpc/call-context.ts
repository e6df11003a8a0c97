import type { Claims } from "@cinedeepmatch/auth";
import { ErrorReason } from "@cinedeepmatch/contract";
import { createContextKey, type HandlerContext } from "@connectrpc/connect";
import { ServiceError } from "../matching/service-error.js";

/** The claims of the verified token; undefined only where a method is public. */
export const CLAIMS = createContextKey<Claims | undefined>(undefined, { description: "claims" });

/** Names the call in logs and errors. */
export const REQUEST_ID = createContextKey("", { description: "request id" });

/** The claims of the caller of a method that is not public. */
export function callerOf(context: Pick<HandlerContext, "values">): Claims {
  const claims = context.values.get(CLAIMS);
  if (claims === undefined) throw new Error("The method's authorization rule lets callers in without a token");
  return claims;
}

/**
 * The user that a call is about: the one it names or, with a token bound to a user, that one.
 * USER_MISMATCH when the token is bound to another user; an empty string when neither names one.
 */
export function userOf(claims: Claims, requested: string): string {
  if (claims.userId === undefined) return requested;
  if (requested !== "" && requested !== claims.userId) {
    throw new ServiceError(ErrorReason.USER_MISMATCH, "The token is bound to another user.");
  }
  return claims.userId;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/** The instant after which nobody waits for the call any more, in milliseconds since the epoch. */
export function deadlineOf(context: Pick<HandlerContext, "timeoutMs">): number {
  return Date.now() + (context.timeoutMs() ?? DEFAULT_TIMEOUT_MS);
}
