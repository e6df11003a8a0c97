import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SpawnedServer, startServer } from "../../tests/spawn-server.js";

const here = fileURLToPath(new URL(".", import.meta.url));
/** Continuous integration has all that is needed, or says so by failing. */
const mustRun = process.env.CI !== undefined && process.env.CI !== "";
const missing = mustRun ? undefined : whatIsMissing();
const why = missing === undefined ? "" : `: not run, ${missing}`;

describe.skipIf(missing !== undefined)(`a Python client made from the proto files${why}`, () => {
  let folder: string;
  let server: SpawnedServer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cinedeepmatch-python-"));
    server = await startServer({ starterCatalog: true });
    await run("python3", ["-m", "venv", folder]);
    await run("pip", ["install", "--quiet", "--disable-pip-version-check", "-r", join(here, "requirements.txt")]);
    await run("bash", [join(here, "generate.sh"), join(folder, "gen")]);
  }, 180_000);
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs a program as if the virtual environment were active. */
  function run(program: string, args: string[], token = server.token) {
    const env = {
      ...process.env,
      PATH: `${join(folder, "bin")}${delimiter}${process.env.PATH}`,
      PYTHONPATH: join(folder, "gen"),
      GRPC_ADDRESS: new URL(server.grpcUrl).host,
      TOKEN: token,
    };
    return promisify(execFile)(program, args, { env });
  }

  test("finds a film, with its year and a reason", async () => {
    const text = "a clownfish father searches the ocean for his missing son";
    const { stdout } = await run("python", [join(here, "match.py"), text]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^0\.\d\d {2}Finding Nemo \(2003\) {2}\S/);
  });

  test("is told UNAUTHENTICATED with a token that is none", async () => {
    const failure = (await run("python", [join(here, "match.py"), "a film"], "none").catch((error) => error)) as {
      code: number;
      stderr: string;
    };
    expect(failure.code).toBe(1);
    expect(failure.stderr).toMatch(/^UNAUTHENTICATED: /);
  });
});

/** Says what keeps the test from running on this machine. */
function whatIsMissing(): string | undefined {
  const works = (program: string, args: string[]) => {
    try {
      execFileSync(program, args, { stdio: "ignore", timeout: 20_000 });
      return true;
    } catch {
      return false;
    }
  };
  if (!works("python3", ["-c", "import venv, ensurepip"])) return "there is no python3 with venv and pip";
  const ask = [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--dry-run",
    "--ignore-installed",
    "--no-deps",
    "typing_extensions==4.16.0",
  ];
  return works("python3", ask) ? undefined : "the Python package registry cannot be reached";
}
