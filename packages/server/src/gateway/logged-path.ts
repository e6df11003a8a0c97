import type { FastifyRequest } from "fastify";

const named = new WeakMap<FastifyRequest, string>();

/** Has a request logged by this path instead of its own, in which there may be a user's id. */
export function logPathAs(request: FastifyRequest, path: string): void {
  named.set(request, path);
}

/** A request's path as it may be logged. */
export function loggedPathOf(request: FastifyRequest): string {
  return named.get(request) ?? request.url.split("?", 1)[0] ?? "";
}
