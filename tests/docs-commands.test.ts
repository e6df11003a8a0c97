import { execFile, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { createProgram } from "../packages/server/src/main/program.js";

const program = createProgram();
type Command = typeof program;
const root = resolve(import.meta.dirname, "..");
const markdownIn = (folder: string) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${folder}/${name}`);
const readmesIn = (folder: string) =>
  readdirSync(join(root, folder))
    .map((name) => `${folder}/${name}/README.md`)
    .filter((path) => existsSync(join(root, path)));
const documents = [
  "README.md",
  "CONTRIBUTING.md",
  ...markdownIn("docs"),
  ...markdownIn("docs/guides"),
  ...readmesIn("packages"),
  ...readmesIn("examples"),
];

const blocks = documents.flatMap((document) => {
  const text = readFileSync(join(root, document), "utf8");
  const found = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)];
  return found.map(([, language = "", code = ""], index) => ({ at: `${document} ${index + 1}`, language, code }));
});
const hasPython = spawnSync("python3", ["--version"]).status === 0;
const blocksIn = (wanted: string) => blocks.filter(({ language }) => language === wanted);

test("blocks of code are in a language that the tests know", () => {
  // ts and tsx are compiled, and text is what a program prints or a command that cannot run here.
  const known = ["ts", "tsx", "sh", "json", "text", "yaml", "python", ""];
  expect(blocks.filter(({ language }) => !known.includes(language)).map(({ at }) => at)).toEqual([]);
});

test.each(blocksIn("sh"))("$at is shell", async ({ code }) => {
  expect(await run("bash", ["-n", "-c", code])).toBe("");
});

test.each(blocksIn("json"))("$at is JSON", ({ code }) => {
  const isOne = /^\{\n/.test(code) || code.split("\n").filter(Boolean).length === 1;
  for (const text of isOne ? [code] : code.split("\n").filter(Boolean)) expect(() => JSON.parse(text)).not.toThrow();
});

test.each(blocksIn("yaml"))("$at is YAML", ({ code }) => {
  const documents = parseAllDocuments(code);
  expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
  expect(documents).not.toHaveLength(0);
});

test.skipIf(!hasPython && !process.env.CI).each(blocksIn("python"))("$at is Python (python3)", async ({ code }) => {
  expect(await run("python3", ["-c", "import ast, sys; ast.parse(sys.argv[1])", code])).toBe("");
});

test("every command of ours that a document names exists, with every option that it is given", () => {
  const wrong: string[] = [];
  let count = 0;
  for (const document of documents) {
    const text = readFileSync(join(root, document), "utf8");
    for (const [call, rest = ""] of text.matchAll(/\bcinedeepmatch( [^`\n|;]+)/g)) {
      const [command, isWhole] = commandOf(rest.trim().split(/\s+/));
      if (command === program) continue;
      count++;
      const known = command.options.map(({ long }) => long);
      const given = [...(rest.split(" #")[0] ?? "").matchAll(/(?<=\s)--[a-z][a-z-]*/g)].map(([option]) => option);
      if (!isWhole || given.some((option) => !known.includes(option))) wrong.push(`${document}: ${call}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(count).toBeGreaterThan(20);
});

/** The command that words begin with, and whether a word that follows a command with subcommands names one of them. */
function commandOf(words: readonly string[]): [command: Command, isWhole: boolean] {
  let command = program;
  for (const word of words) {
    const next = command.commands.find((each) => each.name() === word || each.aliases().includes(word));
    if (next === undefined) return [command, command.commands.length === 0 || !/^[a-z]+$/.test(word)];
    command = next;
  }
  return [command, true];
}

/** What a command has to complain of. */
function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((done) => {
    execFile(command, args, (error, _stdout, stderr) => done(error === null ? "" : stderr || error.message));
  });
}
