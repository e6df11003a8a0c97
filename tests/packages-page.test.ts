import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Client, createClient, EventType } from "@cinedeepmatch/sdk-node";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { rolldown } from "rolldown";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type SpawnedServer, startServer } from "./spawn-server.js";

const sdk = resolve(import.meta.dirname, "../packages/sdk-web/dist/index.js");
const executablePath = process.env.CHROME_PATH ?? "/usr/bin/chromium";
const hasBrowser = existsSync(executablePath);
// Where people work a browser may be missing; where releases are checked it may not.
if (!hasBrowser && process.env.CI) throw new Error(`No browser at ${executablePath}; set CHROME_PATH`);
const why = hasBrowser ? "" : ` (skipped: no browser at ${executablePath}; set CHROME_PATH)`;

const soon = { timeout: 15_000, interval: 100 };

describe.skipIf(!hasBrowser)(`tracking in a real browser${why}`, () => {
  let server: SpawnedServer;
  let owner: Client;
  let browser: Browser;
  let context: BrowserContext;
  let script: string;

  beforeAll(async () => {
    const build = await rolldown({ input: sdk, platform: "browser" });
    const { output } = await build.generate({ format: "esm" });
    script = output[0].code;
    server = await startServer();
    owner = createClient({ baseUrl: server.gatewayUrl, token: server.token });
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  beforeEach(async () => {
    context = await browser.newContext();
    await context.route("**/sdk.js", (route) => route.fulfill({ contentType: "text/javascript", body: script }));
  });
  afterEach(() => context.close());

  /** Opens a page of the gateway's own origin that has a client of one user. */
  async function visit(userId: string): Promise<Page> {
    const { token } = await owner.accounts.mintUserToken({ userId });
    const body = `<!doctype html><script type="module">
import { createClient } from "/sdk.js";
window.client = createClient({ baseUrl: location.origin, token: ${JSON.stringify(token)} });
</script>`;
    const page = await context.newPage();
    await page.route("**/page", (route) => route.fulfill({ contentType: "text/html", body }));
    await page.goto(`${server.gatewayUrl}/page`);
    await page.waitForFunction("window.client");
    return page;
  }

  const track = (page: Page, userId: string, movieId: string) =>
    page.evaluate(`window.client.activity.track(${JSON.stringify({ userId, movieId, type: EventType.VIEWED })})`);

  const recorded = async (userId: string) => {
    const events = await owner.activity.listEvents({ userId }).toArray();
    return events.map(({ movieId }) => movieId).sort();
  };

  test("what a page tracked is recorded when it is left, and when it is closed", async () => {
    const page = await visit("ada");
    await track(page, "ada", "left");
    await page.goto("about:blank");
    await expect.poll(() => recorded("ada"), soon).toEqual(["left"]);
    const other = await visit("ada");
    await track(other, "ada", "closed");
    await other.close({ runBeforeUnload: true });
    await expect.poll(() => recorded("ada"), soon).toEqual(["closed", "left"]);
  });

  test("what was tracked offline, in two tabs, is recorded once after a reload", async () => {
    const tabs = [await visit("bob"), await visit("bob")];
    await context.setOffline(true);
    for (const [index, tab] of tabs.entries()) {
      await track(tab, "bob", `tab-${index}`);
      expect(await tab.evaluate("window.client.activity.flush().catch((error) => error.code)")).toBe("unavailable");
      await tab.close();
    }
    await context.setOffline(false);
    const page = await visit("bob");
    await expect.poll(() => recorded("bob"), soon).toEqual(["tab-0", "tab-1"]);
    await expect.poll(() => page.evaluate("window.client.activity.trackingStatus().pendingCount"), soon).toBe(0);
    expect(await page.evaluate("localStorage.length")).toBe(0);
  });
});
