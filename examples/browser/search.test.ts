import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SpawnedServer, startServer } from "../../tests/spawn-server.js";

const executablePath = process.env.CHROME_PATH ?? "/usr/bin/chromium";
const hasBrowser = existsSync(executablePath);
// Where people work a browser may be missing; where releases are checked it may not.
if (!hasBrowser && process.env.CI) throw new Error(`No browser at ${executablePath}; set CHROME_PATH`);
const why = hasBrowser ? "" : ` (skipped: no browser at ${executablePath}; set CHROME_PATH)`;

const patience = { timeout: 30_000, interval: 100 };

describe.skipIf(!hasBrowser)(`the page that npm start serves${why}`, () => {
  let server: SpawnedServer;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    server = await startServer({ demo: true, starterCatalog: true });
    browser = await chromium.launch({
      executablePath,
      args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
    });
    page = await browser.newPage({
      viewport: { width: 1440, height: 900 },
      colorScheme: "dark",
      reducedMotion: "reduce",
    });
    // What the content security policy blocks is reported on the console, too.
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.setDefaultTimeout(10_000);
    await page.goto(server.gatewayUrl);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const titles = (region: string) => page.getByRole("region", { name: region }).getByRole("heading", { level: 3 });
  const shoot = (name: string) =>
    page.screenshot({ path: fileURLToPath(new URL(`test-results/${name}.png`, import.meta.url)) });

  test("a visitor without any history is shown what is popular", async () => {
    await expect.poll(() => titles("For you").count(), patience).toBeGreaterThan(5);
    await shoot("first-visit");
  });

  test("a sentence finds the movie it describes, and says why and how fast", async () => {
    await page.getByRole("searchbox").pressSequentially("a clownfish father searches the ocean for his son");
    await expect.poll(() => titles("Results").first().textContent(), patience).toBe("Finding Nemo");
    const results = page.getByRole("region", { name: "Results" });
    expect(await results.getByText(/^Matched in .+ ms by /).textContent()).toMatch(/by \S+/);
    expect(await results.getByRole("list", { name: "Why this movie" }).count()).toBeGreaterThan(0);
    await shoot("search");
  });

  test("liking a movie changes “For you” at once", async () => {
    const before = await titles("For you").allTextContents();
    const like = page
      .getByRole("region", { name: "Results" })
      .getByRole("button", { name: "Like Finding Nemo", exact: true });
    await like.click();
    await expect.poll(() => titles("For you").allTextContents(), patience).not.toEqual(before);
    expect(await titles("For you").allTextContents()).not.toContain("Finding Nemo");
    expect(await like.getAttribute("aria-pressed")).toBe("true");
    await shoot("liked");
  });

  test("a like outlasts a reload", async () => {
    await page.reload();
    const like = page
      .getByRole("region", { name: "Results" })
      .getByRole("button", { name: "Like Finding Nemo", exact: true });
    await expect.poll(() => like.getAttribute("aria-pressed"), patience).toBe("true");
  });

  test("the like of a movie opens beside the results, by keyboard too", async () => {
    const similar = page.getByRole("button", { name: "Similar to Finding Nemo" });
    await similar.focus();
    await page.keyboard.press("Enter");
    const panel = page.getByRole("dialog", { name: "Finding Nemo" });
    await expect.poll(() => panel.getByRole("heading", { level: 4 }).count(), patience).toBeGreaterThan(5);
    expect(await panel.getByRole("heading", { level: 4 }).allTextContents()).not.toContain("Finding Nemo");
    await shoot("similar");
    await page.keyboard.press("Escape");
    await expect.poll(() => similar.evaluate((button) => button === document.activeElement)).toBe(true);
  });

  test("filters narrow the search down", async () => {
    await page.getByRole("combobox", { name: "Latest decade" }).selectOption({ label: "the 1970s" });
    const results = page.getByRole("region", { name: "Results" });
    await expect.poll(() => titles("Results").allTextContents(), patience).not.toContain("Finding Nemo");
    expect(await results.getByRole("article").count()).toBeGreaterThan(0);
    await page.getByRole("button", { name: "Reset filters" }).click();
    await expect.poll(() => titles("Results").first().textContent(), patience).toBe("Finding Nemo");
  });

  test("the browser has nothing to complain about", () => {
    expect(complaints).toEqual([]);
  });
});
