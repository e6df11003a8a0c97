import type { FastifyReply, FastifyRequest } from "fastify";

const NAME = "session";

/**
 * Signs a user in to the app. Scripts cannot read the cookie, other sites cannot send it, and the signature keeps
 * anybody from writing somebody else's name into it.
 */
export function startSession(reply: FastifyReply, userId: string): void {
  // Behind TLS add `secure: true`; on localhost there is none.
  reply.setCookie(NAME, userId, { path: "/", httpOnly: true, sameSite: "strict", signed: true, maxAge: 86_400 });
}

/** Returns the user whom the app knows the caller to be, or undefined. */
export function sessionUser(request: FastifyRequest): string | undefined {
  const cookie = request.cookies[NAME];
  if (cookie === undefined) return undefined;
  const { valid, value } = request.unsignCookie(cookie);
  return valid ? value : undefined;
}
