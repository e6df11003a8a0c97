import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "./empty-project.js";

const packages = resolve(import.meta.dirname, "../packages");
const names = ["sdk-core", "sdk-node", "sdk-web"];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cinedeepmatch-readme-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("every code block of the SDKs' READMEs compiles", async () => {
  const files = (await Promise.all(names.map(blocksOf))).flat();
  expect(files.length).toBeGreaterThan(7);
  await Promise.all(files.map(({ name, code }) => writeFile(join(folder, name), `${code}\nexport {};\n`)));
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(configOf(files.map(({ name }) => name))));
  const tsc = resolve(packages, "../node_modules/typescript/bin/tsc");
  expect(await run(process.execPath, [tsc, "-p", folder], folder)).toEqual({ code: 0, output: "" });
});

/** The TypeScript blocks of a package's README, each a module of its own named after its place. */
async function blocksOf(name: string): Promise<{ name: string; code: string }[]> {
  const text = await readFile(join(packages, name, "README.md"), "utf8");
  const blocks = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)];
  const languages = blocks.map(([, language]) => language);
  // Anything else would be a block that no test looks at. React's (tsx) are compiled by packages.test.ts, where React is.
  expect(languages.filter((language) => !["ts", "tsx", "sh"].includes(language ?? ""))).toEqual([]);
  const code = blocks.filter(([, language]) => language === "ts").map(([, , block = ""]) => block);
  return code.map((block, index) => ({ name: `${name}-${index + 1}.ts`, code: block }));
}

function configOf(files: readonly string[]) {
  return {
    compilerOptions: {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
      skipLibCheck: true,
      target: "es2024",
      lib: ["es2024", "esnext.disposable", "dom", "dom.iterable", "dom.asynciterable"],
      module: "esnext",
      moduleResolution: "bundler",
      types: ["node"],
      typeRoots: [resolve(packages, "../node_modules/@types")],
      paths: {
        "@cinedeepmatch/*": [join(packages, "*/dist/index.d.ts")],
        "*": [join(packages, "sdk-core/node_modules/*")],
      },
    },
    files,
  };
}
