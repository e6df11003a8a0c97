import { resolve } from "node:path";
import { expect, test } from "vitest";
import { run } from "./empty-project.js";

test("what the SDKs export is what their reports say: run `pnpm run api:update` where a change is meant", async () => {
  const root = resolve(import.meta.dirname, "..");
  expect(await run(process.execPath, ["scripts/api-report.mjs"], root)).toMatchObject({ code: 0 });
});
