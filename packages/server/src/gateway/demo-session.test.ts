import { request } from "node:http";
import { json } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createGateway } from "./create-gateway.js";
import { startGateway, type TestGateway } from "./start-gateway.test.support.js";

const expireTime = new Date("2026-11-22T12:00:00Z");
const demo = { mintToken: async () => ({ token: "v4.local.x", expireTime }) };
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({ upstream: "http://127.0.0.1:9", demo });
});
afterAll(() => gateway[Symbol.asyncDispose]());

async function ask(headers: Record<string, string>) {
  const sent = request({ port: gateway.port, host: "127.0.0.1", method: "POST", path: "/demo/session", headers });
  sent.end();
  const answer = await new Promise<import("node:http").IncomingMessage>((resolve) => sent.once("response", resolve));
  return { status: answer.statusCode, headers: answer.headers, body: await json(answer) };
}
const own = { host: "localhost:8080", "sec-fetch-site": "same-origin" };

test.each(["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "LOCALHOST"])(
  "the gateway's own page at %s gets a token that nobody stores",
  async (host) => {
    const { status, headers, body } = await ask({ ...own, host });
    expect(status).toBe(200);
    expect(body).toEqual({ token: "v4.local.x", expireTime: "2026-11-22T12:00:00.000Z", userId: "demo" });
    expect(headers["cache-control"]).toBe("no-store");
  },
);

test.each([
  ["a foreign Host", { ...own, host: "evil.example" }],
  ["a Host that begins like ours", { ...own, host: "localhost.evil.example" }],
  ["a page of another site", { ...own, "sec-fetch-site": "cross-site" }],
  ["a page of another port", { ...own, "sec-fetch-site": "same-site" }],
  ["no word of the page", { host: own.host }],
  ["a proxy in between", { ...own, "x-forwarded-for": "127.0.0.1" }],
])("%s gets none", async (_what, headers) => {
  const { status, body } = await ask(headers);
  expect(status).toBe(403);
  expect(body).toMatchObject({ code: "permission_denied" });
});

test("a peer elsewhere gets none, whatever it claims", async () => {
  const app = await createGateway({ upstream: "http://127.0.0.1:9", demo, trustProxy: true });
  for (const remoteAddress of ["192.168.1.5", "::ffff:10.0.0.1", "2001:db8::1"]) {
    const answer = await app.inject({ method: "POST", url: "/demo/session", headers: own, remoteAddress });
    expect(answer.statusCode).toBe(403);
  }
  await app.close();
});

test("without the demo there is no such path", async () => {
  const app = await createGateway({ upstream: "http://127.0.0.1:9" });
  const answer = await app.inject({ method: "POST", url: "/demo/session", headers: own });
  expect(answer.statusCode).toBe(404);
  await app.close();
});
