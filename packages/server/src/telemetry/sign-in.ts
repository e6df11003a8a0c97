import type { FastifyInstance } from "fastify";
import { ADMIN_COOKIE, type AdminAccess, admit } from "./guard-admin.js";
import { isFromOwnPage } from "./own-page.js";
import { signInPage } from "./sign-in-page.js";

const SESSION_MS = 12 * 3_600_000;
const NOT_OWN_PAGE = "Sign in on this page, over HTTPS or on the machine itself.";

/** Adds signing in and out for browsers: the token is kept in a cookie that no script can read and no other site uses. */
export function addSignIn(app: FastifyInstance, access: AdminAccess, onwards: string): void {
  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );

  app.get("/sign-in", async (_request, reply) => reply.type("text/html").send(signInPage()));

  app.post<{ Body: { token?: unknown } | undefined }>("/sign-in", async (request, reply) => {
    reply.type("text/html");
    if (!isFromOwnPage(request)) return reply.code(403).send(signInPage(NOT_OWN_PAGE));
    const given = request.body?.token;
    const token = typeof given === "string" ? given.trim() : "";
    const admitted = await admit(access, token);
    if ("error" in admitted) return reply.code(admitted.status).send(signInPage(admitted.error));
    access.log.info({ requestId: request.id, subject: admitted.subject }, "operator signed in");
    reply.setCookie(ADMIN_COOKIE, token, {
      ...cookieOf(request.protocol),
      maxAge: Math.floor(Math.min(SESSION_MS, admitted.expiresAt - Date.now()) / 1_000),
    });
    return reply.redirect(onwards, 303);
  });

  app.post("/sign-out", async (request, reply) => {
    if (!isFromOwnPage(request)) return reply.code(403).type("text/html").send(signInPage(NOT_OWN_PAGE));
    return reply.clearCookie(ADMIN_COOKIE, cookieOf(request.protocol)).redirect("/admin/sign-in", 303);
  });
}

function cookieOf(protocol: string) {
  return { path: "/admin", httpOnly: true, sameSite: "strict", secure: protocol === "https" } as const;
}
