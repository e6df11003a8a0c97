// Shows what a release would publish, and publishes nothing: the versions that the changesets ask for, and every file
// of every package. Fails where a package would carry what nobody but us needs. Build first.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findToolchain } from "./find-toolchain.mjs";

/** Tests and what helps them, build state and secrets. */
const unwanted = /[.](test|test-kit|test[.](support|data)|suite)[.]|[.]tsbuildinfo$|(^|\/)[.]env/;

const env = findToolchain().withPnpm();
const folder = mkdtempSync(join(tmpdir(), "cinedeepmatch-release-"));
try {
  console.log(ask("changeset", ["status", "--verbose"], "."));
  const packages = readdirSync("packages").filter(isPublic).sort();
  const wrong = packages.flatMap(show);
  for (const line of wrong) console.error(line);
  if (wrong.length > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}

function isPublic(name) {
  return JSON.parse(readFileSync(join("packages", name, "package.json"), "utf8")).private !== true;
}

/** Prints what a package's tarball holds. Returns what it must not hold. */
function show(name) {
  const answer = ask("pnpm", ["pack", "--json", "--pack-destination", folder], join("packages", name));
  const packed = JSON.parse(answer.slice(answer.indexOf("{")));
  const tarball = join(folder, packed.filename.split("/").at(-1));
  const files = packed.files.map(({ path }) => path).sort();
  console.log(`${packed.name}: ${files.length} files, ${Math.ceil(statSync(tarball).size / 1024)} KiB packed`);
  for (const file of files) console.log(`  ${file}`);
  const manifest = JSON.parse(readFileSync(join("packages", name, "package.json"), "utf8"));
  if (manifest.repository === undefined) console.log("  (without a repository: see Releasing in CONTRIBUTING.md)");
  const lacking = [
    ...["README.md", "LICENSE"].filter((file) => !files.includes(file)),
    ...["description", "license", "keywords", "engines", "publishConfig"].filter((key) => manifest[key] === undefined),
  ];
  return [
    ...lacking.map((what) => `${packed.name} lacks ${what}`),
    ...files.filter((file) => unwanted.test(file)).map((file) => `${packed.name} would publish ${file}`),
  ];
}

function ask(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`);
  return stdout;
}
