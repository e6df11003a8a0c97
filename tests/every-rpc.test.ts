import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { issueToken, type KeyRing, openKeyDirectory } from "../packages/auth/src/index.js";
import { TokenAudience } from "../packages/contract/src/authorization.js";
import { bindMethod } from "../packages/server/src/gateway/rest/bind-method.js";
import { ruleOf } from "../packages/server/src/grpc/request-gate.js";
import { SERVICE_TOKEN_SCOPES, WORKER_TOKEN_SCOPES } from "../packages/server/src/grpc/scopes.js";
import { SERVICES } from "../packages/server/src/grpc/services.js";
import { callConnect, callGrpcWeb, callRest, openGrpc } from "./call-raw.js";
import { type SpawnedServer, startServer } from "./spawn-server.js";

const OFF = "RATE_LIMIT_GATEWAY RATE_LIMIT_REFUSED RATE_LIMIT_PUBLIC RATE_LIMIT_USER".split(" ");
const PUBLIC_PACKAGE = "cinedeepmatch.v1";
const DENIED = ["unauthenticated", "permission_denied"];
const HOUR_MS = 3_600_000;

const methods = SERVICES.flatMap((service) =>
  service.methods.map((method) => [`${service.typeName}/${method.name}`, method] as const),
);
type Method = (typeof methods)[number][1];

let server: SpawnedServer;
let grpc: ReturnType<typeof openGrpc>;
let rings: { client: KeyRing<"client">; model: KeyRing<"model"> };

beforeAll(async () => {
  const env = { ...Object.fromEntries(OFF.map((name) => [name, "off"])), MAX_OPEN_STREAMS: "1000" };
  server = await startServer({ env });
  grpc = openGrpc(server.grpcUrl);
  rings = await openKeyDirectory(join(server.dataDirectory, "keys"));
}, 180_000);
afterAll(async () => {
  grpc?.close();
  await server?.stop();
});

test("every method has a rule: a scope and an audience, or that it is public", () => {
  for (const [name, method] of methods) {
    const rule = ruleOf(method);
    const isStandard = !method.parent.typeName.startsWith("cinedeepmatch.");
    expect(
      rule.public || isStandard || /^[a-z]+(:[a-z]+)?$/.test(rule.scope),
      `${name} has neither scope nor public`,
    ).toBe(true);
    expect(rule.public && rule.scope !== "", `${name} is public and has a scope`).toBe(false);
    const known = [...SERVICE_TOKEN_SCOPES, ...WORKER_TOKEN_SCOPES, "account:self", ""];
    expect(known, `${name} needs a scope that no token gets`).toContain(rule.scope);
  }
  expect(methods.length).toBeGreaterThan(40);
});

interface Credentials {
  readonly what: string;
  readonly token: string | undefined;
  /** What every protocol must answer; "in" for any answer but those by which a caller is turned away. */
  readonly answer: "unauthenticated" | "permission_denied" | "in";
}

/** Tokens that are wrong in one way each, and those that are right. */
async function credentialsFor(method: Method): Promise<Credentials[]> {
  const rule = ruleOf(method);
  const forModels = rule.audience === TokenAudience.MODEL;
  const [ring, other] = forModels ? [rings.model, rings.client] : [rings.client, rings.model];
  const all = forModels ? WORKER_TOKEN_SCOPES : SERVICE_TOKEN_SCOPES;
  const scopes = rule.scope === "" ? [] : [rule.scope];
  const now = Date.now();
  const issue = async (from: KeyRing, claims: object = {}) =>
    (await issueToken(from, { subject: "walker", scopes, expiresAt: now + HOUR_MS, ...claims })).token;
  const good = await issue(ring);
  const middle = Math.floor(good.length / 2);
  const flipped = good.slice(0, middle) + (good[middle] === "A" ? "B" : "A") + good.slice(middle + 1);
  const past = { issuedAt: now - 2 * HOUR_MS, expiresAt: now - HOUR_MS };
  const refused = rule.public ? "in" : "unauthenticated";
  const scopeless = scopes.length === 0 ? "in" : "permission_denied";
  return [
    { what: "no token", token: undefined, answer: refused },
    { what: "garbage", token: "v4.local.garbage", answer: refused },
    { what: "a token with one letter changed", token: flipped, answer: refused },
    { what: "an expired token", token: await issue(ring, past), answer: refused },
    { what: "a token for the other audience", token: await issue(other), answer: refused },
    { what: "a token without a scope", token: await issue(ring, { scopes: [] }), answer: scopeless },
    {
      what: "every scope but the right one",
      token: await issue(ring, { scopes: all.filter((s) => s !== rule.scope) }),
      answer: scopeless,
    },
    {
      what: "the right scope, bound to a user",
      token: await issue(ring, { userId: userOf(method) }),
      answer: scopes.length === 0 || rule.userBound ? "in" : "permission_denied",
    },
    { what: "the right scope", token: good, answer: "in" },
  ];
}

/** One user each, because SignOutEverywhere means it. */
const userOf = (method: Method) => `user-of-${method.name}`;

const outcome = (code: string) => (DENIED.includes(code) ? code : "in");

describe.each(methods)("%s", (name, method) => {
  const path = `/${name}`;
  const streams = method.methodKind !== "unary";

  test("lets in on 9090 whom its rule says and nobody else", async () => {
    for (const { what, token, answer } of await credentialsFor(method)) {
      const code = await grpc.call({ path, streams, token });
      expect(outcome(code), `${what}: ${code}`).toBe(answer);
      expect(["internal", "unknown", "cut", ...(streams ? [] : ["quiet"])], what).not.toContain(code);
    }
  });

  test("answers the same on 8080, or is not there", async () => {
    const isPublic = method.parent.typeName.startsWith(`${PUBLIC_PACKAGE}.`);
    for (const { what, token, answer } of await credentialsFor(method)) {
      const codes = [
        await callConnect(server.gatewayUrl, { path, streams, token }),
        await callGrpcWeb(server.gatewayUrl, { path, streams, token }),
      ];
      const wanted = isPublic ? [answer, answer] : ["unimplemented", "unimplemented"];
      expect(isPublic ? codes.map(outcome) : codes, `${what}: ${codes}`).toEqual(wanted);
    }
  });

  const [route] = method.methodKind === "unary" || method.methodKind === "server_streaming" ? bindMethod(method) : [];
  test.skipIf(route === undefined)("answers the same by REST", async () => {
    const { httpMethod: verb = "", template } = route ?? {};
    for (const { what, token, answer } of await credentialsFor(method)) {
      const code = await callRest(server.gatewayUrl, verb, template?.text ?? "", userOf(method), token);
      // The gateway may find a request malformed before it asks anybody who sends it.
      if (code === "HTTP 400") continue;
      expect(outcome(code), `${what}: ${code}`).toBe(answer);
    }
  });
});
