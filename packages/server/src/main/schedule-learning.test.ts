import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import type { TokenIssuer } from "../accounts/token-issuer.js";
import { tempFolder } from "../importing/read-all.test.support.js";
import type { RecordedChange } from "../registry/recorded-change.js";
import { scheduleLearning } from "./schedule-learning.js";

/** A stand-in for the CLI, which notes how it was called. */
const FAKE_CLI = `
import { appendFileSync } from "node:fs";
const { CINEDEEPMATCH_TOKEN: token, ...others } = process.env;
appendFileSync(import.meta.dirname + "/calls", JSON.stringify({ args: process.argv.slice(2), token, others: Object.keys(others) }) + "\\n");
console.log("{}");
`;

async function schedule(history: Record<string, Partial<RecordedChange>[]>, everyDays: number | undefined) {
  const folder = await tempFolder();
  const cli = join(folder, "cli.mjs");
  await writeFile(cli, FAKE_CLI);
  const stores = {
    catalog: { tenants: async () => Object.keys(history) },
    models: { history: async (tenant: string) => history[tenant] },
    leases: undefined,
  } as unknown as Parameters<typeof scheduleLearning>[0]["stores"];
  const issuer = {
    issue: async ({ tenant, scopes }: { tenant: string; scopes: string[] }) => ({ token: `${tenant} ${scopes}` }),
  } as unknown as TokenIssuer;
  const options = { everyDays, stores, issuer, url: "http://127.0.0.1:1", cli };
  const scheduled = scheduleLearning(options, pino({ level: "silent" }));
  onTestFinished(() => scheduled.close());
  return async () => {
    const calls = await readFile(join(folder, "calls"), "utf8").catch(() => "");
    return calls.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
  };
}

const learned = (daysAgo: number): Partial<RecordedChange> => ({
  action: "register",
  subject: "learning",
  at: Date.now() - daysAgo * 24 * 3_600_000,
});

test("each tenant whose model is old, or was never learned, is learned once, with a token of its own", async () => {
  const own = { ...learned(0), subject: "ada" };
  const calls = await schedule({ never: [own], old: [learned(8)], fresh: [own, learned(6)] }, 7);
  await expect.poll(async () => (await calls()).length, { timeout: 20_000 }).toBe(2);
  const [first, second] = await calls();
  expect([first.token, second.token]).toEqual([
    "never activity:admin,model:read,model:admin",
    "old activity:admin,model:read,model:admin",
  ]);
  expect(first.args).toEqual(["learn", "--url", "http://127.0.0.1:1", "--threads", "1", "--json"]);
  expect(first.others).toEqual([]);
});

test("nothing is learned unless it is asked for", async () => {
  const calls = await schedule({ never: [] }, undefined);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await calls()).toEqual([]);
});
