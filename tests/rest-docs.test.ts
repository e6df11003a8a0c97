import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type SpawnedServer, startServer } from "./spawn-server.js";

/** The commands of the guide, each with the answer that follows it, if one does. */
const blocks = [
  ...readFileSync(new URL("../docs/rest.md", import.meta.url), "utf8").matchAll(
    /```sh\n([\s\S]*?)```(?:\n\n```json\n([\s\S]*?)```)?/g,
  ),
].map(([, script = "", answer]) => ({ script, answer }));

let server: SpawnedServer;
beforeAll(async () => {
  server = await startServer({ starterCatalog: true });
}, 120_000);
afterAll(() => server?.stop());

test("the guide has examples", () => {
  expect(blocks.length).toBeGreaterThan(3);
});

test.each(blocks)("docs/rest.md: $script", async ({ script, answer }) => {
  const env = { ...process.env, GATEWAY: server.gatewayUrl, TOKEN: server.token };
  // Each of several calls answers with an object.
  const separated = script.replaceAll(/^curl /gm, "echo; curl ");
  const { stdout } = await promisify(execFile)("bash", ["-euc", separated], { env });
  const answers = stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  if (answer !== undefined) expect(answers).toMatchObject([JSON.parse(answer)]);
  else for (const one of answers) expect(one).not.toHaveProperty("code");
});
