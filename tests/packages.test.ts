import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createProject, type EmptyProject, isRegistryReachable, packPackages, run } from "./empty-project.js";
import { type SpawnedServer, startServer } from "./spawn-server.js";

const root = resolve(import.meta.dirname, "..");
const bin = (name: string) => join(root, "node_modules/.bin", name);

const names = ["contract", "sdk-core", "sdk-node", "sdk-web"];
/** What nobody but our server imports. */
const others = ["auth", "models"];
let packed: string;
let tarballs: string[];

beforeAll(async () => {
  packed = await mkdtemp(join(tmpdir(), "cinedeepmatch-packed-"));
  tarballs = await packPackages([...names, ...others], packed);
}, 120_000);
afterAll(() => rm(packed, { recursive: true, force: true }));

describe("a packed package", () => {
  test.each([...names, ...others].map((name, index) => ({ name, index })))(
    "$name passes publint and arethetypeswrong",
    async (one) => {
      const tarball = tarballs[one.index] as string;
      expect(await run(bin("publint"), ["run", tarball, "--strict"], packed)).toMatchObject({ code: 0 });
      const types = await run(bin("attw"), [tarball, "--profile", "esm-only", "--no-color", "--no-emoji"], packed);
      expect(types).toMatchObject({ code: 0 });
    },
  );

  test("of an SDK brings nothing that only servers need", async () => {
    for (const tarball of tarballs.filter((path) => path.includes("-sdk-"))) {
      const { output } = await run("tar", ["-xzOf", tarball, "package/package.json"], packed);
      const { dependencies } = JSON.parse(output) as { dependencies: Record<string, string> };
      expect(Object.keys(dependencies).join()).not.toMatch(/contract|protovalidate/);
      expect(Object.values(dependencies).join()).not.toContain("workspace:");
    }
  });
});

const isReachable = await isRegistryReachable();
// Where people work the network may be away; where releases are checked it may not.
if (!isReachable && process.env.CI) throw new Error("npm's registry cannot be reached");
const why = isReachable ? "" : " (skipped: npm's registry cannot be reached)";

describe.skipIf(!isReachable)(`an empty project with the packed SDKs${why}`, () => {
  let project: EmptyProject;
  let server: SpawnedServer;

  beforeAll(async () => {
    const versions = ["vite@8.3.8", "typescript@7.0.2", "typescript-5@npm:typescript@5.9.3", "@types/node@24.10.1"];
    const react = [
      "@connectrpc/connect-query@2.3.1",
      "@tanstack/react-query@5.108.0",
      "react@19.3.1",
      "@types/react@19.3.0",
    ];
    const sdks = tarballs.filter((tarball) => tarball.includes("-sdk-"));
    [project, server] = await Promise.all([
      createProject(sdks, [...versions, ...react]),
      startServer({ demo: true, starterCatalog: true }),
    ]);
    const readme = await readFile(join(root, "packages/sdk-web/README.md"), "utf8");
    const component = /^```tsx\n([\s\S]*?)^```$/m.exec(readme)?.[1] ?? "the README shows no component";
    await project.write({ ...filesOf(server), "component.tsx": component });
  }, 180_000);
  afterAll(() => Promise.all([project?.remove(), server?.stop()]));

  test.each(["match.mjs", "match.cjs"])("matches in three lines: %s", async (file) => {
    expect(await project.node(file)).toEqual({ code: 0, output: expect.stringMatching(/^Finding Nemo$/m) });
  });

  test("matches in a page that Vite built", async () => {
    const vite = await project.node("node_modules/vite/bin/vite.js", "build", "--logLevel", "warn");
    expect(vite).toMatchObject({ code: 0 });
    const [asset = ""] = await readdir(join(project.folder, "dist/assets"));
    const page = pathToFileURL(join(project.folder, "dist/assets", asset)).href;
    const shown = await project.node("-e", `globalThis.show = console.log; import(${JSON.stringify(page)})`);
    expect(shown).toEqual({ code: 0, output: expect.stringMatching(/^Finding Nemo$/m) });
  });

  describe.each(["typescript-5", "typescript"])("type-checked by %s", (compiler) => {
    const check = (config: string) => project.node(`node_modules/${compiler}/bin/tsc`, "-p", config);

    test.each(["node", "bundler"])("compiles, the types of the packages included: %s", async (config) => {
      expect(await check(`tsconfig.${config}.json`)).toEqual({ code: 0, output: "" });
    });

    test("compiles the README's React component", async () => {
      expect(await check("tsconfig.react.json")).toEqual({ code: 0, output: "" });
    });

    test("does not compile with a misspelt field", async () => {
      const { code, output } = await check("tsconfig.typo.json");
      expect(code).not.toBe(0);
      expect(output.match(/^typo\.ts\((\d+),/gm)).toEqual(["typo.ts(3,", "typo.ts(4,"]);
      expect(output).toContain("'texts' does not exist");
      expect(output).toContain("'releaseYears' does not exist");
    });
  });
});

function filesOf({ gatewayUrl, token }: SpawnedServer): Record<string, string> {
  const options = JSON.stringify({ baseUrl: gatewayUrl, token });
  const threeLines = (sdk: string) => `import { createClient } from "@cinedeepmatch/${sdk}";
const client = createClient(${options});
const { results } = await client.match({ text: "a clownfish father searches the ocean for his lost son" });
`;
  const tsconfig = (module: string, types: string[], ...files: string[]) => {
    const isReact = files.some((file) => file.endsWith(".tsx"));
    // Our types are checked to the last line; React's are not ours to check.
    const strict = { strict: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: isReact };
    const lib = ["es2024", "esnext.disposable", "dom", "dom.iterable", "dom.asynciterable"];
    const moduleResolution = module === "nodenext" ? module : "bundler";
    return JSON.stringify({
      compilerOptions: { ...strict, target: "es2024", lib, module, moduleResolution, types, jsx: "react-jsx" },
      files,
    });
  };
  return {
    "match.mjs": `${threeLines("sdk-node")}console.log(results[0].movie.title);\n`,
    "match.cjs": `const { createClient } = require("@cinedeepmatch/sdk-node");
const client = createClient(${options});
client.match({ text: "a clownfish father searches the ocean for his lost son" }).then(({ results }) => {
  console.log(results[0].movie.title);
});
`,
    "index.html": '<!doctype html><script type="module" src="/page.ts"></script>',
    "page.ts": `${threeLines("sdk-web")}declare const show: (title?: string) => void;
show(results[0]?.movie?.title);
export {};
`,
    "vite.config.js": "export default { build: { modulePreload: { polyfill: false } } };\n",
    "node.ts": `${threeLines("sdk-node")}export const title: string | undefined = results[0]?.movie?.title;\n`,
    "typo.ts": `import { createClient } from "@cinedeepmatch/sdk-web";
const client = createClient({ baseUrl: "/" });
await client.match({ texts: "x" });
await client.match({ text: "x", filter: { releaseYears: { min: 1990 } } });
export {};
`,
    "tsconfig.node.json": tsconfig("nodenext", ["node"], "node.ts"),
    "tsconfig.bundler.json": tsconfig("esnext", [], "page.ts"),
    "tsconfig.react.json": tsconfig("esnext", [], "component.tsx"),
    "tsconfig.typo.json": tsconfig("esnext", [], "typo.ts"),
  };
}
