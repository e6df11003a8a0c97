import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { build, type PreviewServer, preview } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SpawnedServer, startServer } from "../../tests/spawn-server.js";

const executablePath = process.env.CHROME_PATH ?? "/usr/bin/chromium";
const hasBrowser = existsSync(executablePath);
// Where people work a browser may be missing; where releases are checked it may not.
if (!hasBrowser && process.env.CI) throw new Error(`No browser at ${executablePath}; set CHROME_PATH`);
const why = hasBrowser ? "" : ` (skipped: no browser at ${executablePath}; set CHROME_PATH)`;

const patience = { timeout: 30_000, interval: 100 };

describe.skipIf(!hasBrowser)(`the connect-query example${why}`, () => {
  let server: SpawnedServer;
  let pages: PreviewServer;
  let browser: Browser;
  let page: Page;
  const calls: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    server = await startServer({ demo: true, starterCatalog: true });
    process.env.GATEWAY = server.gatewayUrl;
    const root = fileURLToPath(new URL(".", import.meta.url));
    await build({ root, logLevel: "error" });
    pages = await preview({ root, logLevel: "error", preview: { host: "127.0.0.1", port: 0, strictPort: false } });
    browser = await chromium.launch({
      executablePath,
      args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
    });
    page = await browser.newPage();
    page.on("request", (request) => calls.push(new URL(request.url()).pathname));
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.setDefaultTimeout(10_000);
    await page.goto(pages.resolvedUrls?.local[0] ?? pages.resolvedUrls?.network[0] ?? "");
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await pages?.close();
    await server?.stop();
  });

  const results = () => page.getByRole("region", { name: "Results" }).getByRole("listitem");
  const countOf = (method: string) => calls.filter((path) => path.endsWith(`/${method}`)).length;

  test("a sentence finds its film, and More brings the next page", async () => {
    await page.getByRole("searchbox").fill("a clownfish father searches the ocean for his son");
    await expect.poll(() => results().first().textContent(), patience).toContain("Finding Nemo (2003)");
    expect(await results().count()).toBe(5);
    await page.getByRole("button", { name: "More" }).click();
    await expect.poll(() => results().count(), patience).toBe(10);
    await page.screenshot({ path: fileURLToPath(new URL("test-results/search.png", import.meta.url)) });
  });

  test("what was asked before comes from the cache", async () => {
    const search = page.getByRole("searchbox");
    await search.fill("a heist in dreams");
    await expect.poll(() => results().first().textContent(), patience).toContain("Inception");
    const before = countOf("Match");
    await search.fill("a clownfish father searches the ocean for his son");
    await expect.poll(() => results().first().textContent(), patience).toContain("Finding Nemo");
    expect(countOf("Match")).toBe(before);
  });

  test("what is like a movie is shown beside it", async () => {
    await page.getByRole("button", { name: "Finding Nemo (2003)" }).click();
    const similar = page.getByRole("region", { name: "Similar movies" }).getByRole("listitem");
    await expect.poll(() => similar.count(), patience).toBe(5);
  });

  test("a like is recorded, and the query that knows of it is fetched anew", async () => {
    const like = page.getByRole("button", { name: "Like Finding Nemo" });
    expect(await like.getAttribute("aria-pressed")).toBe("false");
    const before = countOf("ListEvents");
    await like.click();
    await expect.poll(() => like.getAttribute("aria-pressed"), patience).toBe("true");
    expect(countOf("RecordEvents")).toBe(1);
    expect(countOf("ListEvents")).toBe(before + 1);
  });

  test("an error has the server's reason", async () => {
    await page.getByRole("searchbox").fill("x".repeat(2_001));
    const alert = page.getByRole("alert");
    await expect.poll(() => alert.textContent(), patience).toContain("FIELD_INVALID");
    await page.getByRole("searchbox").fill("");
  });

  test("the browser complains of nothing but the call that was wrong", () => {
    expect(complaints).toEqual([expect.stringContaining("status of 400")]);
  });
});
