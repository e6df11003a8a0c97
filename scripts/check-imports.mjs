// Fails when an import breaks a rule of .dependency-cruiser.mjs.
import { spawnSync } from "node:child_process";

// Without a TypeScript compiler of its own, dependency-cruiser passes over .ts files and finds everything in order.
const fewestModules = 200;

const folders = ["packages", "examples", "tests"];
const cruise = [
  "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs",
  ...folders,
  "--config",
  ".dependency-cruiser.mjs",
];
const { status, stdout, stderr } = spawnSync(process.execPath, cruise, { encoding: "utf8" });
process.stderr.write(stderr);
process.stdout.write(stdout.trimStart());
const modules = Number(/(\d+) modules/.exec(stdout)?.[1] ?? 0);
if (status === 0 && modules < fewestModules) {
  console.error(
    `check-imports: only ${modules} modules were read, so nothing was checked: see packageExtensions in pnpm-workspace.yaml`,
  );
}
process.exitCode = status !== 0 || modules >= fewestModules ? status : 1;
