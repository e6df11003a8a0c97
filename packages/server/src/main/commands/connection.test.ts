import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempFolder } from "../../importing/read-all.test.support.js";
import { startServer } from "../../importing/start-server.test.support.js";
import { runCli } from "./run-cli.test.support.js";

test("the token comes from the flag, else the environment, else the data directory", async () => {
  const server = await startServer();
  const folder = await tempFolder();
  await writeFile(join(folder, "token"), "from-file\n");
  const env = { CINEDEEPMATCH_URL: server.url, CINEDEEPMATCH_DATA_DIR: folder };
  await runCli(["status", "--token", "from-flag"], { ...env, CINEDEEPMATCH_TOKEN: "from-env" });
  await runCli(["status"], { ...env, CINEDEEPMATCH_TOKEN: "from-env" });
  await runCli(["status"], env);
  await runCli(["status", "--data-dir", await tempFolder()], env);
  expect(server.seen.tokens).toEqual(["Bearer from-flag", "Bearer from-env", "Bearer from-file", null]);
});

test("where no server runs, it says how to start one", async () => {
  const { code, stderr } = await runCli(["status", "--url", "http://127.0.0.1:9"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^cinedeepmatch: No server answers at http:\/\/127\.0\.0\.1:9 .*npm start/);
});

test("where the token is refused or missing, it says how to get one", async () => {
  const server = await startServer();
  server.token = "right";
  const refused = await runCli(["status", "--url", server.url, "--token", "wrong"]);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("The server refused the token: The token is not valid.");
  expect(refused.stderr).toContain("cinedeepmatch token issue");
  const missing = await runCli(["status", "--url", server.url]);
  expect(missing.stderr).toContain("The server wants a token and there is none in");
});

test("a token file that cannot be read is named", async () => {
  const folder = await tempFolder();
  await mkdir(join(folder, "token"));
  await chmod(join(folder, "token"), 0o700);
  const { code, stderr } = await runCli(["status"], { CINEDEEPMATCH_DATA_DIR: folder });
  expect(code).toBe(1);
  expect(stderr).toContain(`The token in ${join(folder, "token")} cannot be read`);
});
