import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SpawnedServer, startServer } from "./spawn-server.js";

const root = resolve(import.meta.dirname, "..");
const markdownIn = (folder: string) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name));
const documents = [
  "README.md",
  ...markdownIn("docs"),
  ...markdownIn("docs/guides"),
  "packages/sdk-node/README.md",
  "packages/sdk-web/README.md",
  ...readdirSync(join(root, "examples")).flatMap((name) => markdownIn(`examples/${name}`)),
];

/** A fenced block, with what the comment before it says of it. */
interface Block {
  readonly language: string;
  readonly code: string;
  readonly comment: string;
}

function blocksOf(document: string): Block[] {
  const text = readFileSync(join(root, document), "utf8");
  const found = text.matchAll(/(?:<!-- ([^\n]*?) -->\n)?^```(\w+)\n([\s\S]*?)^```$/gm);
  return [...found].map(([, comment = "", language = "", code = ""]) => ({ language, code, comment }));
}

/** A program that documents hold, and what it must print: after each of its blocks, one text. */
interface Program {
  readonly name: string;
  readonly code: string;
  readonly prints: readonly (string | undefined)[] | undefined;
}

const RUNS = "needs the running server";
const BETWEEN = "---- the next block ----";

/**
 * A guide is one program, whose blocks build on each other; elsewhere each block is a program. What is marked runs, and
 * where a block of text follows a block of code, that is what the code prints.
 */
function programsOf(document: string): Program[] {
  const blocks = blocksOf(document);
  const programs = blocks.flatMap(({ language, code, comment }, index) => {
    const next = blocks[index + 1];
    const text = next?.language === "text" ? next.code : undefined;
    return language === "ts" ? [{ code, runs: comment === RUNS, prints: text }] : [];
  });
  const name = document.replaceAll("/", "-").replace(/\.md$/, "");
  if (!document.startsWith("docs/guides/")) {
    return programs.map(({ code, runs, prints }, index) => ({
      name: `${name}-${index + 1}.ts`,
      code,
      prints: runs ? [prints] : undefined,
    }));
  }
  if (programs.length === 0) return [];
  const code = programs.map((block) => block.code).join(`console.log(${JSON.stringify(BETWEEN)});\n`);
  return [{ name: `${name}.ts`, code, prints: programs[0]?.runs ? programs.map(({ prints }) => prints) : undefined }];
}

const programs = documents.flatMap(programsOf);
const folder = mkdtempSync(join(tmpdir(), "cinedeepmatch-docs-"));
let server: SpawnedServer;

beforeAll(async () => {
  server = await startServer({ starterCatalog: true });
  prepareFolder();
}, 120_000);
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What somebody has who installed the SDKs; their programs call the server of this test. */
function prepareFolder(): void {
  mkdirSync(join(folder, "node_modules/@cinedeepmatch"), { recursive: true });
  mkdirSync(join(folder, "node_modules/@types"));
  for (const name of ["sdk-node", "sdk-web"]) {
    symlinkSync(join(root, "packages", name), join(folder, "node_modules/@cinedeepmatch", name));
  }
  symlinkSync(join(root, "node_modules/@types/node"), join(folder, "node_modules/@types/node"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  for (const { name, code } of programs) writeFileSync(join(folder, name), `${here(code)}\nexport {};\n`);
  const compilerOptions = {
    target: "es2024",
    lib: ["es2024", "dom", "dom.iterable", "esnext.disposable"],
    module: "nodenext",
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
    skipLibCheck: true,
    noEmit: true,
    types: ["node"],
  };
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions, files: programs.map(({ name }) => name) }),
  );
}

function here(text: string): string {
  return text
    .replaceAll("http://localhost:8080", server.gatewayUrl)
    .replaceAll("http://localhost:9090", server.grpcUrl);
}

function environment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    CINEDEEPMATCH_TOKEN: server.token,
    CINEDEEPMATCH_URL: server.grpcUrl,
    CINEDEEPMATCH_DATA_DIR: "",
  };
}

const run = promisify(execFile);

test("the documents have code", () => {
  expect(programs.length).toBeGreaterThan(10);
  expect(programs.filter(({ prints }) => prints !== undefined).length).toBeGreaterThan(5);
});

test("all of it compiles", { timeout: 120_000 }, async () => {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const said = await run(process.execPath, [tsc, "--project", folder, "--pretty", "false"]).then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );
  expect(said).toBe("");
});

const running = programs.filter(({ prints }) => prints !== undefined);

test.each(running)("$name does what it says", { timeout: 60_000 }, async ({ name, prints }) => {
  const { stdout } = await run(process.execPath, [join(folder, name)], { env: environment() });
  const printed = stdout.split(`${BETWEEN}\n`);
  const shown = prints?.map((text, index) => (text === undefined ? printed[index] : here(text)));
  expect(printed).toEqual(shown);
});

describe("docs/guides/quickstart.md", () => {
  const blocks = blocksOf("docs/guides/quickstart.md");
  const file = (comment: string) => /^file: (\S+)$/.exec(comment)?.[1];

  test("can be followed word by word", { timeout: 120_000 }, async () => {
    const checkout = join(folder, "checkout");
    mkdirSync(join(checkout, ".data"), { recursive: true });
    for (const name of ["packages", "node_modules"]) symlinkSync(join(root, name), join(checkout, name));
    writeFileSync(join(checkout, ".data/token"), server.token);
    const ran: string[] = [];
    for (const [index, { language, code, comment }] of blocks.entries()) {
      const name = file(comment);
      if (name !== undefined) writeFileSync(join(checkout, basename(name)), here(code));
      if (language !== "sh" || comment === "first terminal") continue;
      const { stdout } = await run("bash", ["-euc", here(code)], { cwd: checkout, env: environment() });
      ran.push(stdout);
      const next = blocks[index + 1];
      if (next?.language === "text") expect(stdout).toBe(next.code);
    }
    expect(ran.length).toBeGreaterThan(3);
  });

  test("starts the server as package.json does", () => {
    const [start] = blocks.filter(({ comment }) => comment === "first terminal");
    expect(start?.code).toMatch(/^npm start$/m);
    expect(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts.start).toContain("start");
  });
});

test.each(markdownIn("docs/guides"))("%s links only to what is there", (document) => {
  const prose = readFileSync(join(root, document), "utf8").replaceAll(/```[\s\S]*?```/g, "");
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link.replace(/#.*$/, ""));
  const local = links.filter((link) => link !== "" && !/^[a-z]+:/.test(link));
  expect(local.filter((link) => !existsSync(resolve(root, dirname(document), link)))).toEqual([]);
});

test("docs/llms.txt names every document, and only what is there", () => {
  const text = readFileSync(join(root, "docs/llms.txt"), "utf8");
  const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link = ""]) => join("docs", link));
  const wanted = [...markdownIn("docs"), ...markdownIn("docs/guides")];
  expect(wanted.filter((document) => !links.includes(document))).toEqual([]);
  for (const link of links) expect(() => readFileSync(join(root, link))).not.toThrow();
});
