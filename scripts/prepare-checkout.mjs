import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { note, runCommand } from "./run-command.mjs";

const installedStamp = "node_modules/.cinedeepmatch-installed";

/** Installs the locked dependencies, unless they are the ones that were installed last. Returns an exit code. */
export async function installIfChanged(toolchain) {
  const wanted = hashOfManifests();
  if (existsSync(installedStamp) && readFileSync(installedStamp, "utf8") === wanted) return 0;
  const env = toolchain.withPnpm();
  note("installing dependencies (pnpm install --frozen-lockfile)");
  const code = await runCommand("pnpm", ["install", "--frozen-lockfile"], { env: { ...env, CI: "true" }, quiet: true });
  if (code === 0) writeFileSync(installedStamp, wanted);
  return code;
}

/** Everything that decides what gets installed. */
function hashOfManifests() {
  const hash = createHash("sha256");
  const manifests = ["packages", "examples"].flatMap((folder) =>
    (existsSync(folder) ? readdirSync(folder) : []).map((name) => `${folder}/${name}/package.json`),
  );
  for (const file of ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", ...manifests].sort()) {
    if (existsSync(file)) hash.update(file).update("\0").update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

/** Builds what changed. Returns an exit code. */
export async function buildIfChanged(toolchain) {
  const env = toolchain.withNode();
  note("building what changed");
  return runCommand("node", ["scripts/build.mjs"], { env, quiet: true });
}
