import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { needsServer } from "../../stores/testing/needs-server.test.support.js";

/** Cases that fail, by name, each with its reason. They are run all the same, and one that passes fails the test. */
const KNOWN_FAILING: Readonly<Record<string, readonly string[]>> = { gateway: [], grpc: [] };

const here = import.meta.dirname;
const root = resolve(here, "../../../../..");

needsServer("CONNECT_CONFORMANCE", (runner) => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "conformance-"));
    const buf = join(root, "node_modules/.bin/buf");
    const args = ["build", ".", "--as-file-descriptor-set", "-o", join(folder, "suite.binpb")];
    expect(await run(buf, args, join(root, "third_party/conformance"))).toMatchObject({ code: 0 });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each([
    ["gateway", "Connect and gRPC-Web over HTTP/1.1"],
    ["grpc", "gRPC, gRPC-Web and Connect over HTTP/2"],
  ])("the %s passes Connect's conformance suite: %s", { timeout: 300_000 }, async (kind) => {
    const known = KNOWN_FAILING[kind]?.flatMap((name) => ["--known-failing", name]) ?? [];
    const typescript = resolve(here, "../../stores/testing/resolve-typescript.mjs");
    const server = [process.execPath, "--import", typescript, join(here, "server-under-test.ts")];
    const suite = ["--conf", join(here, `${kind}.yaml`), "--mode", "server", "--max-servers", "1", ...known];
    const { code, output } = await run(runner, [...suite, "--", ...server, join(folder, "suite.binpb"), kind], here);
    expect(code, output).toBe(0);
    const [, total, passed] = /Total cases: (\d+)\n(\d+) passed/.exec(output) ?? [];
    expect(Number(passed)).toBeGreaterThan(1_000);
    console.log(`${kind}: ${passed} of ${total} cases pass`);
  });
});

function run(command: string, args: readonly string[], cwd: string): Promise<{ code: number; output: string }> {
  return new Promise((done) => {
    execFile(command, args, { cwd, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      const code = typeof error?.code === "number" ? error.code : error ? 1 : 0;
      done({ code, output: `${stdout}${stderr}${error && code === 1 ? error.message : ""}` });
    });
  });
}
