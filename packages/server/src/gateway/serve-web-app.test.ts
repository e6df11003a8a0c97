import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startGateway, type TestGateway } from "./start-gateway.test.support.js";

let folder: string;
let gateway: TestGateway;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gateway-web-"));
  const webRoot = join(folder, "dist");
  await mkdir(join(webRoot, "assets"), { recursive: true });
  await writeFile(join(webRoot, "index.html"), "<h1>Movies</h1>");
  await writeFile(join(webRoot, "assets", "index-abc123.js"), "1");
  await writeFile(join(folder, "secret.txt"), "secret");
  gateway = await startGateway({ upstream: "http://127.0.0.1:9", webRoot });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test("the page is served with a strict policy and asked for anew each time", async () => {
  const page = await fetch(`${gateway.url}/`);
  expect(await page.text()).toBe("<h1>Movies</h1>");
  expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self';/);
  expect(page.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  expect(page.headers.get("referrer-policy")).toBe("no-referrer");
  expect(page.headers.get("x-content-type-options")).toBe("nosniff");
  expect(page.headers.get("cache-control")).toBe("no-cache");
  const again = await gateway.app.inject({ url: "/", headers: { "if-none-match": page.headers.get("etag") ?? "" } });
  expect(again.statusCode).toBe(304);
});

test("files with a hash in their names are kept", async () => {
  const script = await fetch(`${gateway.url}/assets/index-abc123.js`);
  expect(script.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect(script.headers.get("content-type")).toContain("javascript");
});

test.each(["/missing.js", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/assets/", "/.env"])(
  "%s is not found and the answer is JSON",
  async (path) => {
    const answer = await fetch(gateway.url + path);
    expect(answer.status).toBeGreaterThanOrEqual(403);
    expect(answer.status).toBeLessThanOrEqual(404);
    expect(await answer.json()).toMatchObject({ code: expect.any(String), message: expect.any(String) });
  },
);

test("the page does not stand in the way of calls", async () => {
  const answer = await fetch(
    `${gateway.url}/cinedeepmatch.v1.MatchService/Match?connect=v1&encoding=json&message=%7B%7D`,
  );
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ code: "unavailable" });
  const hidden = await fetch(`${gateway.url}/cinedeepmatch.worker.v1.WorkerService/ReportStatus`);
  expect(hidden.status).toBe(404);
});
