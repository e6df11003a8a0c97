// Fails when packages/contract/src/gen is not what proto/ generates, naming the files. Changes nothing.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, relative, resolve } from "node:path";

const committed = "packages/contract/src/gen";
const folder = mkdtempSync(join(tmpdir(), "cinedeepmatch-gen-"));
try {
  const drift = compare(filesOf(committed), generate());
  for (const line of drift) console.error(line);
  if (drift.length > 0) {
    console.error(`\n${committed} is not what proto/ generates: run \`pnpm run generate\` and commit what it writes.`);
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}

function generate() {
  // buf looks for its plugin on the PATH, which leads there only in a package script.
  const env = { ...process.env, PATH: `${resolve("node_modules/.bin")}${delimiter}${process.env.PATH}` };
  const { status, error } = spawnSync("buf", ["generate", "--output", folder], { env, stdio: "inherit" });
  if (status !== 0) throw error ?? new Error("buf generate failed");
  return filesOf(join(folder, committed));
}

/** The content of every file below a folder, by its path from there. */
function filesOf(root) {
  if (!existsSync(root)) return new Map();
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [relative(root, path), readFileSync(path, "utf8")]));
}

function compare(is, should) {
  const names = [...new Set([...is.keys(), ...should.keys()])].sort();
  return names.flatMap((name) => {
    if (!should.has(name)) return [`no longer generated: ${name}`];
    if (!is.has(name)) return [`missing: ${name}`];
    return is.get(name) === should.get(name) ? [] : [`differs: ${name}`];
  });
}
