import { Readable } from "node:stream";
import { type ClaimsToIssue, issueToken, KeyRing, TokenVerifier } from "@cinedeepmatch/auth";
import type { FastifyBaseLogger } from "fastify";
import { pino } from "pino";
import { Registry } from "prom-client";
import { beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { LaneView } from "../queue/lane-view.js";
import { createRedisBackend } from "../queue/redis-backend.js";
import { startOperationsServer } from "./operations-server.js";

const ring = new KeyRing("client");
ring.promote(ring.generate().id);
const silent = pino({ level: "silent" }) as FastifyBaseLogger;
const html = { accept: "text/html,*/*" };
const ownPage = { "sec-fetch-site": "same-origin" };

let admin: string;
beforeAll(async () => {
  admin = await token({ scopes: ["ops:admin"] });
});

async function token(claims: Partial<ClaimsToIssue> = {}) {
  const defaults = { subject: "operator", scopes: ["match:read"], expiresAt: Date.now() + 60_000 };
  return (await issueToken(ring, { ...defaults, ...claims })).token;
}

/** With a queue that is not there: who may come in is known before it is asked. */
async function start() {
  const backend = createRedisBackend("redis://127.0.0.1:1", { warn() {} });
  const logged: { fields: Record<string, unknown>; message: string }[] = [];
  const lanes = new LaneView(backend);
  const server = await startOperationsServer({
    host: "127.0.0.1",
    port: 0,
    registry: new Registry(),
    isReady: () => true,
    admin: {
      queues: lanes.queues,
      backup: () => Readable.from(["everything"]),
      verifier: new TokenVerifier({ ring }),
      log: { info: (fields, message) => void logged.push({ fields: { ...fields }, message }) },
    },
    log: silent,
  });
  onTestFinished(async () => {
    await server.close();
    await backend.close();
    await lanes.close();
  });
  const ask = (path: string, init: RequestInit = {}) => fetch(server.url + path, { redirect: "manual", ...init });
  return { ask, logged };
}

function signIn(ask: (path: string, init: RequestInit) => Promise<Response>, given: string, headers: object = ownPage) {
  const body = new URLSearchParams({ token: given });
  return ask("/admin/sign-in", { method: "POST", body, headers: { ...headers } });
}

const PATHS = [
  "/admin",
  "/admin/",
  "/admin/queues",
  "/admin/queues/",
  "/admin/queues/api/queues",
  "/admin/queues/api/redis/stats",
  "/admin/queues/queue/match-bulk/1",
  "/admin/queues/static/js/main.js",
  "/admin/nothing",
  "/admin/backup",
  "/%61dmin/queues",
];

test.each(PATHS)("%s asks for a token with ops:admin", async (path) => {
  const { ask } = await start();
  const missing = await ask(path);
  expect(missing.status).toBe(401);
  expect(missing.headers.get("www-authenticate")).toBe("Bearer");
  expect(await missing.json()).toEqual({ error: expect.stringContaining("ops:admin") });
  const poor = await ask(path, { headers: { authorization: `Bearer ${await token()}` } });
  expect(poor.status).toBe(403);
  const bound = await token({ scopes: ["ops:admin"], userId: "u1" });
  expect((await ask(path, { headers: { authorization: `Bearer ${bound}` } })).status).toBe(403);
});

test("a backup is handed to an operator as a file, and the log says so", async () => {
  const { ask, logged } = await start();
  const answer = await ask("/admin/backup", { headers: { authorization: `Bearer ${admin}` } });
  expect(answer.headers.get("content-type")).toBe("application/gzip");
  expect(answer.headers.get("content-disposition")).toMatch(
    /^attachment; filename="cinedeepmatch-[\d-]+\.backup\.gz"$/,
  );
  expect(await answer.text()).toBe("everything");
  expect(logged.map(({ message }) => message)).toContain("a backup was taken");
});

test("a person without a token is asked to sign in", async () => {
  const { ask } = await start();
  const answer = await ask("/admin/queues", { headers: html });
  expect(answer.status).toBe(401);
  expect(await answer.text()).toContain('<form method="post" action="/admin/sign-in">');
  expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
});

test("signing in keeps the token where no script and no other site has it, and signing out forgets it", async () => {
  const { ask, logged } = await start();
  const answer = await signIn(ask, ` ${admin}\n`);
  expect(answer.status).toBe(303);
  expect(answer.headers.get("location")).toBe("/admin/queues");
  const [cookie = "", ...more] = answer.headers.getSetCookie();
  expect(more).toEqual([]);
  expect(cookie.split("; ").slice(1).sort()).toEqual([
    "HttpOnly",
    expect.stringMatching(/^Max-Age=(5\d|60)$/),
    "Path=/admin",
    "SameSite=Strict",
  ]);
  const session = { cookie: cookie.split(";")[0] as string };
  expect((await ask("/admin/queues", { headers: { ...session, ...html } })).status).toBe(200);
  expect(logged).toEqual([
    { fields: { requestId: expect.any(String), subject: "operator" }, message: "operator signed in" },
  ]);

  const obliterate = "/admin/queues/api/queues/match-bulk/obliterate";
  expect((await ask(obliterate, { method: "PUT", headers: { ...session, ...ownPage } })).status).toBe(403);
  await vi.waitFor(() =>
    expect(logged.at(-1)).toMatchObject({
      fields: { subject: "operator", method: "PUT", status: 403, params: { queueName: "match-bulk" } },
      message: "operator's action",
    }),
  );

  const out = await ask("/admin/sign-out", { method: "POST", headers: { ...session, ...ownPage } });
  expect(out.headers.getSetCookie()[0]).toMatch(/^cinedeepmatch_ops=; .*Expires=Thu, 01 Jan 1970/);
});

test("behind a gateway that is spoken to over HTTPS the cookie is only ever sent over HTTPS", async () => {
  const { ask } = await start();
  const answer = await signIn(ask, admin, { ...ownPage, "x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.1" });
  expect(answer.headers.getSetCookie()[0]).toContain("Secure");
});

test("a token that may not come in does not become a cookie and is not shown again", async () => {
  const { ask } = await start();
  for (const [given, status] of [
    ["<b>nonsense</b>", 401],
    [await token(), 403],
  ] as const) {
    const answer = await signIn(ask, given);
    expect(answer.status).toBe(status);
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(await answer.text()).not.toContain(given);
  }
});

test.each([{}, { "sec-fetch-site": "cross-site" }, { "sec-fetch-site": "same-site" }])(
  "no other page can sign somebody in, or act as somebody who has (%j)",
  async (headers) => {
    const { ask, logged } = await start();
    expect((await signIn(ask, admin, headers)).status).toBe(403);
    const cookie = `cinedeepmatch_ops=${admin}`;
    const pause = "/admin/queues/api/queues/match-bulk/pause";
    expect((await ask(pause, { method: "PUT", headers: { ...headers, cookie } })).status).toBe(403);
    expect((await ask("/admin/sign-out", { method: "POST", headers: { ...headers, cookie } })).status).toBe(403);
    expect(logged).toEqual([]);
  },
);
