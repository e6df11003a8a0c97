import { createClient } from "@cinedeepmatch/sdk-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startServer } from "../../../tests/spawn-server.js";
import { runQuickstart } from "./quickstart.ts";

let server: Awaited<ReturnType<typeof startServer>>;

beforeAll(async () => {
  server = await startServer();
}, 120_000);
afterAll(() => server?.stop());

test("the quickstart finds movies by text, by example and by taste", { timeout: 180_000 }, async () => {
  const lines: string[] = [];
  const client = createClient({ baseUrl: server.gatewayUrl, token: server.token });
  const { byText, byExample, byTaste } = await runQuickstart(client, (line) => lines.push(line));

  expect(byText[0]?.movie?.id).toBe("finding-nemo-2003");
  expect(byExample.length).toBeGreaterThan(0);
  expect(byExample.map(({ movie }) => movie?.id)).not.toContain("alien-1979");
  const seen = byTaste.map(({ movie }) => movie?.id);
  expect(seen.length).toBeGreaterThan(0);
  expect(seen).not.toContain("alien-1979");
  expect(seen).not.toContain("jaws-1975");
  expect(lines.join("\n")).toMatch(/1\. [01]\.\d\d {2}Finding Nemo \(2003\)/);

  // Recorded events have ids of their own, so a second run imports nothing new and still works.
  const again: string[] = [];
  await runQuickstart(client, (line) => again.push(line));
  expect(again[0]).toBe("Wrote 8 movies, 0 of them new.");
});
