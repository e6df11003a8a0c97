import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startGateway, type TestGateway } from "./start-gateway.test.support.js";

const nobody = "http://127.0.0.1:9";
const seen: { method: string | undefined; url: string | undefined; headers: IncomingHttpHeaders; body: string }[] = [];

// Stands for the operations server; that one has its own tests.
const operations = createServer(async (request, response) => {
  const { method, url, headers } = request;
  seen.push({ method, url, headers, body: String(Buffer.concat(await request.toArray())) });
  response.setHeader("set-cookie", ["a=1; Path=/admin", "b=2; Path=/admin"]);
  response.setHeader("connection", "x-secret");
  response.setHeader("x-secret", "of this connection");
  if (url === "/admin/sign-in") response.writeHead(303, { location: "/admin/queues" }).end();
  else if (headers.authorization === undefined) response.writeHead(401, { "www-authenticate": "Bearer" }).end("{}");
  else response.end("the dashboard");
});
let gateway: TestGateway;

beforeAll(async () => {
  operations.listen(0, "127.0.0.1");
  await once(operations, "listening");
  const url = `http://127.0.0.1:${(operations.address() as AddressInfo).port}`;
  gateway = await startGateway({ upstream: nobody, operations: url, corsOrigins: ["https://app.example"] });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  operations.close();
});

const ask = (path: string, init: RequestInit = {}) => fetch(gateway.url + path, { redirect: "manual", ...init });

/** A path as it is written, which `fetch` would tidy up. */
function askRaw(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    httpRequest({ port: gateway.port, path }, (answer) => resolve(answer.resume().statusCode))
      .on("error", reject)
      .end();
  });
}

test("a request goes on with its body and its cookies, and what the gateway knows of the caller", async () => {
  const headers = {
    authorization: "Bearer t",
    cookie: "cinedeepmatch_ops=t",
    "content-type": "application/json",
    "sec-fetch-site": "same-origin",
    "x-forwarded-for": "192.0.2.7",
    "x-request-id": "r1",
  };
  const answer = await ask("/admin/queues/api/queues?activeQueue=x", { method: "PUT", body: '{"a":1}', headers });
  expect(answer.status).toBe(200);
  expect(await answer.text()).toBe("the dashboard");
  expect(answer.headers.getSetCookie()).toEqual(["a=1; Path=/admin", "b=2; Path=/admin"]);
  expect(answer.headers.get("x-secret")).toBeNull();
  expect(answer.headers.get("x-request-id")).toBe("r1");
  expect(seen.at(-1)).toMatchObject({
    method: "PUT",
    url: "/admin/queues/api/queues?activeQueue=x",
    body: '{"a":1}',
    headers: {
      authorization: "Bearer t",
      cookie: "cinedeepmatch_ops=t",
      "sec-fetch-site": "same-origin",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "http",
      "x-request-id": "r1",
    },
  });
});

test("without a token the operations server's refusal comes back as it is", async () => {
  const answer = await ask("/admin/queues");
  expect(answer.status).toBe(401);
  expect(answer.headers.get("www-authenticate")).toBe("Bearer");
});

test("a form and the redirect that answers it pass", async () => {
  const answer = await ask("/admin/sign-in", { method: "POST", body: new URLSearchParams({ token: "t&=" }) });
  expect(answer.status).toBe(303);
  expect(answer.headers.get("location")).toBe("/admin/queues");
  expect(seen.at(-1)).toMatchObject({ body: "token=t%26%3D" });
});

test("no other page may use the answers with somebody's cookie", async () => {
  const answer = await ask("/admin/queues", { headers: { origin: "https://app.example" } });
  expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
});

test.each([
  "/metrics",
  "/admin/../metrics",
  "/admin/%2e%2e/metrics",
  "/admin/..%2fmetrics",
  "/admin/x\\..\\..\\metrics",
  "/admin\\..\\metrics",
  "/adminx",
  "//admin",
])("%s does not reach the operations server", async (path) => {
  const before = seen.length;
  expect(await askRaw(path)).toBeGreaterThanOrEqual(400);
  expect(seen.length).toBe(before);
});

test("while the operations server is down its callers are told so, and the others notice nothing", async () => {
  await using lonely = await startGateway({ upstream: nobody, operations: nobody });
  const answer = await fetch(`${lonely.url}/admin/queues`);
  expect(answer.status).toBe(503);
  expect(answer.headers.get("retry-after")).toBe("1");
  expect(await answer.json()).toMatchObject({ code: "unavailable" });
  expect((await fetch(`${lonely.url}/livez`)).status).toBe(200);
});

test("an operations server that goes away in the middle takes nothing with it", async () => {
  const broken = createServer((request) => void request.socket.resetAndDestroy()).listen(0, "127.0.0.1");
  await once(broken, "listening");
  const { port } = broken.address() as AddressInfo;
  await using lonely = await startGateway({ upstream: nobody, operations: `http://127.0.0.1:${port}` });
  for (let i = 0; i < 3; i++) expect((await fetch(`${lonely.url}/admin/queues`)).status).toBe(503);
  broken.close();
});

test("a gateway that was given no operations server has nothing at /admin", async () => {
  await using lonely = await startGateway({ upstream: nobody });
  expect((await fetch(`${lonely.url}/admin/queues`)).status).toBe(404);
});
