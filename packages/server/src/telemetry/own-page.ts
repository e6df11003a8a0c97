import type { FastifyRequest } from "fastify";

/**
 * Whether a browser says that a request comes from a page of the same origin. Pages cannot set this header; browsers
 * send it over HTTPS and to this machine, and over plain HTTP to other machines they do not.
 */
export function isFromOwnPage(request: FastifyRequest): boolean {
  return request.headers["sec-fetch-site"] === "same-origin";
}
