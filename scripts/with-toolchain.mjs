// The front door: `npm start`, `npm test`, `npm run eval`, `bench` and `faults` come through here, and so does CI. It makes sure of the
// right Node and pnpm, installs and builds what is out of date, and then runs the command. It runs on any Node from 18
// on and needs no package, because nothing is installed yet when it starts.
import { fileURLToPath } from "node:url";
import { findToolchain, ToolchainMissing } from "./find-toolchain.mjs";
import { buildIfChanged, installIfChanged } from "./prepare-checkout.mjs";
import { note, runCommand } from "./run-command.mjs";

const cli = "packages/server/dist/main/cli.js";
const typescript = "./packages/server/src/stores/testing/resolve-typescript.mjs";

/** What each subcommand runs once the checkout is ready; `pnpm` marks the ones that need it themselves. */
const commands = {
  start: { run: (args) => ["node", cli, "serve", "--demo", "--starter-catalog", ...args] },
  test: { run: (args) => ["node", "node_modules/vitest/vitest.mjs", "run", ...args] },
  eval: { run: (args) => ["node", cli, "eval", ...args] },
  bench: { run: (args) => ["node", "benchmarks/bench.mjs", ...args] },
  faults: { run: (args) => ["node", "--import", typescript, "tests/faults/run.ts", ...args] },
  check: { run: (args) => ["pnpm", "run", "check", ...args], pnpm: true },
  build: {},
};

const [name = "", ...args] = process.argv.slice(2);
if (Object.hasOwn(commands, name)) {
  process.exitCode = await main(commands[name], args);
} else {
  note(`say what to run: ${Object.keys(commands).join(", ")}`);
  process.exitCode = 2;
}

async function main({ run, pnpm = false }, args) {
  // Every path below is relative to the checkout, so that one with spaces in its name is like any other.
  process.chdir(fileURLToPath(new URL("..", import.meta.url)));
  try {
    const toolchain = findToolchain();
    const installed = await installIfChanged(toolchain);
    if (installed !== 0) return installed;
    const built = await buildIfChanged(toolchain);
    if (built !== 0 || run === undefined) return built;
    const env = pnpm ? toolchain.withPnpm() : toolchain.withNode();
    const [command, ...rest] = run(args);
    return await runCommand(command, rest, { env });
  } catch (error) {
    if (!(error instanceof ToolchainMissing)) throw error;
    note(error.message);
    return 1;
  }
}
