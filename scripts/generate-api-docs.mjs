// Writes docs/api/ from proto/: every method, message, field, rule, enum and error. With --check it writes nothing and
// fails where what is there differs.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readProto } from "./api-docs/read-proto.mjs";
import { renderApi } from "./api-docs/render-api.mjs";

const folder = "docs/api";
const pages = renderApi(readProto());
const isCheck = process.argv.includes("--check");

mkdirSync(folder, { recursive: true });
const stale = readdirSync(folder).filter((name) => !pages.has(name));
const changed = [...pages].filter(([name, text]) => textOf(name) !== text).map(([name]) => name);
if (isCheck) {
  for (const name of [...stale, ...changed])
    console.error(`${folder}/${name} is not what proto/ says: run \`pnpm run docs\``);
  if (stale.length + changed.length > 0) process.exitCode = 1;
} else {
  for (const name of stale) rmSync(join(folder, name));
  for (const name of changed) writeFileSync(join(folder, name), pages.get(name));
}

function textOf(name) {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
