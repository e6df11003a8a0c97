import { AuthError, type Claims, hasScope, type TokenVerifier } from "@cinedeepmatch/auth";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isFromOwnPage } from "./own-page.js";
import { signInPage } from "./sign-in-page.js";

/** Who may come in. */
export interface AdminAccess {
  /** Verifies client tokens, revocations included. */
  readonly verifier: Pick<TokenVerifier, "verify">;
  readonly log: { info(fields: object, message: string): void };
}

/** The scope that every path of /admin asks for. */
export const ADMIN_SCOPE = "ops:admin";
/** Holds the token of a browser that has signed in. */
export const ADMIN_COOKIE = "cinedeepmatch_ops";

/** Why somebody is not let in. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly error: string;
}

/** Lets only those in who have a token with `ops:admin`, and says in the log who changed what. */
export function guardAdmin(app: FastifyInstance, access: AdminAccess): void {
  app.addHook("onRequest", async (request, reply) => {
    const bearer = bearerOf(request);
    const admitted = await admit(access, bearer ?? request.cookies[ADMIN_COOKIE]);
    if ("error" in admitted) return refuse(request, reply, admitted);
    if (request.method === "GET" || request.method === "HEAD") return;
    // Browsers send a cookie by themselves, a bearer token never.
    if (bearer === undefined && !isFromOwnPage(request)) {
      return refuse(request, reply, { status: 403, error: "The request does not come from this page." });
    }
    reply.raw.once("close", () => logAction(access, admitted.subject, request, reply));
  });
}

function logAction({ log }: AdminAccess, subject: string, request: FastifyRequest, reply: FastifyReply): void {
  const { id: requestId, method, routeOptions, params } = request;
  const route = routeOptions.url;
  log.info({ requestId, subject, method, route, params, status: reply.statusCode }, "operator's action");
}

/** The claims of a token that may come in, or why it may not. */
export async function admit({ verifier }: AdminAccess, token: string | undefined): Promise<Claims | Refusal> {
  try {
    const claims = await verifier.verify(token);
    // A token bound to a user never acts beyond that user, whatever its scopes say.
    if (hasScope(claims, ADMIN_SCOPE) && claims.userId === undefined) return claims;
    return { status: 403, error: `The token lacks the scope "${ADMIN_SCOPE}".` };
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    return { status: 401, error: `A token with the scope "${ADMIN_SCOPE}" is needed.` };
  }
}

/** People are asked to sign in, programs are told what is missing. */
function refuse(request: FastifyRequest, reply: FastifyReply, { status, error }: Refusal): FastifyReply {
  if (status === 401) reply.header("www-authenticate", "Bearer");
  const isPage = request.method === "GET" && request.headers.accept?.includes("text/html") === true;
  if (isPage) return reply.code(status).type("text/html").send(signInPage());
  return reply.code(status).send({ error });
}

function bearerOf({ headers: { authorization } }: FastifyRequest): string | undefined {
  return authorization !== undefined && /^bearer /i.test(authorization)
    ? authorization.slice("bearer ".length).trim()
    : undefined;
}
