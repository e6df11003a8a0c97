import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { findToolchain } from "../scripts/find-toolchain.mjs";

const root = resolve(import.meta.dirname, "..");

/** How a command ended. */
export interface Outcome {
  readonly code: number;
  /** Standard output and standard error. */
  readonly output: string;
}

/** A project as a user has one: outside the workspace, with nothing but what npm installed. */
export interface EmptyProject {
  readonly folder: string;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** Runs Node in the project. */
  node(...args: string[]): Promise<Outcome>;
  remove(): Promise<void>;
}

/** Whether npm's registry answers. */
export async function isRegistryReachable(): Promise<boolean> {
  const { code } = await run("npm", ["ping", "--fetch-retries=0", "--fetch-timeout=5000"], root);
  return code === 0;
}

/** Packs packages of this workspace as they would be published. Returns the tarballs, in the order of the names. */
export async function packPackages(names: readonly string[], folder: string): Promise<string[]> {
  const env = findToolchain().withPnpm();
  const tarballs: string[] = [];
  for (const name of names) {
    await succeed("pnpm", ["pack", "--pack-destination", folder], join(root, "packages", name), env);
    const file = (await readdir(folder)).find((entry) => entry.startsWith(`cinedeepmatch-${name}-`));
    if (file === undefined) throw new Error(`pnpm packed no ${name}`);
    tarballs.push(join(folder, file));
  }
  return tarballs;
}

/** Makes a project with packages of this workspace, from tarballs, and others from npm's registry. */
export async function createProject(tarballs: readonly string[], others: readonly string[]): Promise<EmptyProject> {
  const folder = await mkdtemp(join(tmpdir(), "cinedeepmatch-project-"));
  const write: EmptyProject["write"] = async (files) => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
  };
  await write({ "package.json": '{ "private": true, "type": "module" }' });
  const quick = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];
  await succeed("npm", ["install", ...quick, ...tarballs, ...others], folder);
  return {
    folder,
    write,
    node: (...args) => run(process.execPath, args, folder),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Runs a command, whatever comes of it. */
export function run(command: string, args: readonly string[], cwd: string, env = process.env): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const failed = typeof error?.code === "number" ? error.code : 1;
      resolve({ code: error === null ? 0 : failed, output: `${stdout}${stderr}` });
    });
  });
}

async function succeed(command: string, args: readonly string[], cwd: string, env?: NodeJS.ProcessEnv): Promise<void> {
  const { code, output } = await run(command, args, cwd, env);
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${output}`);
}
