import { afterAll, beforeAll, expect, test } from "vitest";
import { startGateway } from "./start-gateway.test.support.js";
import { startUpstream, type TestUpstream } from "./start-upstream.test.support.js";

let upstream: TestUpstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.stop());

const path = "/cinedeepmatch.v1.MatchService/Match";
const preflight = (url: string, origin: string) =>
  fetch(url + path, {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,content-type,connect-protocol-version",
    },
  });
const call = (url: string, origin: string) =>
  fetch(url + path, { method: "POST", headers: { origin, "content-type": "application/json" }, body: "{}" });

test("without any origin, no page elsewhere is let in", async () => {
  await using gateway = await startGateway({ upstream: upstream.url });
  const asked = await preflight(gateway.url, "https://app.example");
  expect(asked.status).toBe(404);
  expect(asked.headers.get("access-control-allow-origin")).toBeNull();
  expect((await call(gateway.url, "https://app.example")).headers.get("access-control-allow-origin")).toBeNull();
});

test("a page of an allowed origin is let in and can read what it needs", async () => {
  await using gateway = await startGateway({ upstream: upstream.url, corsOrigins: ["https://app.example"] });
  const asked = await preflight(gateway.url, "https://app.example");
  expect(asked.status).toBe(204);
  expect(asked.headers.get("access-control-allow-origin")).toBe("https://app.example");
  expect(asked.headers.get("access-control-allow-headers")?.toLowerCase()).toMatch(/connect-timeout-ms.*authorization/);
  expect(asked.headers.get("access-control-allow-credentials")).toBeNull();

  const answered = await call(gateway.url, "https://app.example");
  expect(answered.status).toBe(200);
  expect(answered.headers.get("access-control-allow-origin")).toBe("https://app.example");
  expect(answered.headers.get("access-control-expose-headers")?.toLowerCase()).toMatch(/grpc-status.*x-request-id/);
  expect(answered.headers.get("vary")?.toLowerCase()).toContain("origin");
});

test("a page of an allowed origin can read failures of the gateway itself", async () => {
  await using gateway = await startGateway({
    upstream: upstream.url,
    corsOrigins: ["https://app.example"],
    rateLimit: { max: 0, windowMs: 1000 },
  });
  const refused = await call(gateway.url, "https://app.example");
  expect(refused.status).toBe(429);
  expect(refused.headers.get("access-control-allow-origin")).toBe("https://app.example");
});

test("a page of another origin is not let in", async () => {
  await using gateway = await startGateway({ upstream: upstream.url, corsOrigins: ["https://app.example"] });
  for (const origin of ["https://evil.example", "https://app.example.evil.example", "http://app.example", "null"]) {
    expect((await preflight(gateway.url, origin)).headers.get("access-control-allow-origin")).toBeNull();
    expect((await call(gateway.url, origin)).headers.get("access-control-allow-origin")).toBeNull();
  }
});
