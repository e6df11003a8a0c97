// `pnpm run build`: compiles what changed. The code generated from proto/ is committed and not made anew here; that is
// `pnpm run generate`, and `pnpm run check:proto` compares.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What examples are built on: a change there makes them out of date. */
const sdks = ["contract", "sdk-core", "sdk-node", "sdk-web"].map((name) => `packages/${name}/dist`);

run("node_modules/typescript/bin/tsc", ["--build", ...process.argv.slice(2)], ".");
const sdksHash = hashOf(sdks);
for (const name of existsSync("examples") ? readdirSync("examples").sort() : []) buildExample(join("examples", name));

/** Examples bring their own builds, of which not all know by themselves that nothing changed. */
function buildExample(folder) {
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest) || !JSON.parse(readFileSync(manifest, "utf8")).scripts?.build) return;
  const stamp = join(folder, "dist", ".built-from");
  const wanted = `${sdksHash} ${hashOf([folder])}\n`;
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  run("--run", ["build"], folder);
  mkdirSync(join(folder, "dist"), { recursive: true });
  writeFileSync(stamp, wanted);
}

function run(command, args, cwd) {
  const { status, error } = spawnSync(process.execPath, [command, ...args], { cwd, stdio: "inherit" });
  if (error) throw error;
  if (status !== 0) {
    console.error(`${[command, ...args].join(" ")} failed in ${cwd}`);
    process.exit(status ?? 1);
  }
}

/** A hash over the names and contents of all source files below some folders. */
function hashOf(folders) {
  const hash = createHash("sha256");
  const add = (path) => {
    for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const child = join(path, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== "node_modules" && entry.name !== "dist") add(child);
      } else if (entry.isFile()) {
        hash.update(child).update("\0").update(readFileSync(child)).update("\0");
      }
    }
  };
  for (const folder of folders) if (existsSync(folder)) add(folder);
  return hash.digest("hex");
}
