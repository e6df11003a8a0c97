// Fails when the generated files in the repository are not what proto/ generates, naming them. Changes nothing.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, relative, resolve } from "node:path";

/** The folders that buf.gen.yaml writes to, each of which holds nothing else. */
const outputs = [...readFileSync("buf.gen.yaml", "utf8").matchAll(/^ +out: *(\S+)$/gm)].map(([, folder]) => folder);
const folder = mkdtempSync(join(tmpdir(), "cinedeepmatch-gen-"));
try {
  generate();
  const drift = outputs.flatMap((output) => compare(output, filesOf(output), filesOf(join(folder, output))));
  for (const line of drift) console.error(line);
  if (drift.length > 0) {
    console.error("\nThese are not what proto/ generates: run `pnpm run generate` and commit what it writes.");
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
}

/** The content of every file below a folder, by its path from there. */
function filesOf(root) {
  if (!existsSync(root)) return new Map();
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [relative(root, path), readFileSync(path, "utf8")]));
}

function compare(output, is, should) {
  if (should.size === 0) return [`nothing generated: ${output}`];
  const names = [...new Set([...is.keys(), ...should.keys()])].sort();
  return names.flatMap((name) => {
    if (!should.has(name)) return [`no longer generated: ${output}/${name}`];
    if (!is.has(name)) return [`missing: ${output}/${name}`];
    return is.get(name) === should.get(name) ? [] : [`differs: ${output}/${name}`];
  });
}
