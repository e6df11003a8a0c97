import { afterAll, beforeAll, expect, test } from "vitest";
import { startGateway, type TestGateway } from "../start-gateway.test.support.js";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ upstream: "http://127.0.0.1:9" });
});
afterAll(() => gateway[Symbol.asyncDispose]());

test("the OpenAPI document is served", async () => {
  const answer = await fetch(`${gateway.url}/openapi.json`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toContain("application/json");
  expect(await answer.json()).toMatchObject({ openapi: expect.stringMatching(/^3\.1\./), servers: [{ url: "/" }] });
});

test.each(["/docs", "/docs/"])("%s is a page that loads everything from here", async (path) => {
  const page = await fetch(gateway.url + path);
  expect(page.status).toBe(200);
  expect(page.headers.get("content-type")).toContain("text/html");
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self'");
  const html = await page.text();
  expect(html).not.toMatch(/<script>|\son\w+=|https?:/);
  const addresses = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = ""]) => new URL(address, page.url));
  expect(addresses.length).toBeGreaterThan(3);
  for (const address of addresses) {
    expect(address.origin).toBe(gateway.url);
    expect((await fetch(address)).status).toBe(200);
  }
});

test("the page shows the document", async () => {
  const shown = await fetch(`${gateway.url}/docs/json`);
  expect(await shown.json()).toEqual(await (await fetch(`${gateway.url}/openapi.json`)).json());
});

test("the page stands beside a browser app", async () => {
  const webRoot = new URL("../../../assets", import.meta.url).pathname;
  await using both = await startGateway({ upstream: "http://127.0.0.1:9", webRoot });
  expect((await fetch(`${both.url}/docs`)).status).toBe(200);
  expect((await fetch(`${both.url}/v1/nothing`)).status).toBe(404);
});
