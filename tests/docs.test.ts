import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

const documents = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
  ...readdirSync(join(root, "docs/api")).map((name) => `docs/api/${name}`),
];

describe("the documentation", () => {
  test.each(documents)("%s links only to what is there", (path) => {
    const prose = read(path).replaceAll(/```[\s\S]*?```/g, "");
    const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link as string);
    const local = links.filter((link) => !/^[a-z]+:|^#/.test(link)).map((link) => link.replace(/#.*$/, ""));
    expect(local.filter((link) => !existsSync(resolve(root, dirname(path), link)))).toEqual([]);
  });

  test("docs/life-of-a-request.md names only files that are there", () => {
    const folders = ["", "packages/server/src", "packages/sdk-core/src"];
    const text = read("docs/life-of-a-request.md");
    const files = [...text.matchAll(/`((?:[\w-]+\/)*[\w-]+\.(?:ts|proto))`/g)].map(([, file]) => file as string);
    // Within a paragraph about one folder, a file is named without it.
    const within = [
      ...folders,
      ...readdirSync(join(root, "packages/server/src")).map((f) => `packages/server/src/${f}`),
    ];
    const missing = files.filter((file) => !within.some((folder) => existsSync(join(root, folder, file))));
    expect(files.length).toBeGreaterThan(30);
    expect(missing).toEqual([]);
  });
});

describe("docs/errors.md", () => {
  const code = (name: string) => name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
  const inCode = () => {
    const rows = read("packages/server/src/grpc/error-codes.ts").matchAll(/ErrorReason\.(\w+)\]: Code\.(\w+)/g);
    return Object.fromEntries([...rows].map(([, reason = "", name = ""]) => [reason, code(name)]));
  };

  test("has exactly the reasons of the proto", () => {
    const proto = read("proto/cinedeepmatch/v1/error_reason.proto").matchAll(/^ {2}ERROR_REASON_(\w+) = [1-9]\d*;/gm);
    const reasons = [...proto].map(([, reason]) => reason);
    expect(reasons.length).toBeGreaterThan(20);
    expect(Object.keys(inDocs()).sort()).toEqual(reasons.sort());
  });

  test("has the code that the server answers for each reason", () => {
    const { UNSPECIFIED: _neverSent, ...codes } = inCode();
    expect(inDocs()).toEqual(codes);
  });

  function inDocs(): Record<string, string> {
    const rows = read("docs/errors.md").matchAll(/^\| `([A-Z_]+)` \| `(\w+)` \|/gm);
    return Object.fromEntries([...rows].map(([, reason = "", name = ""]) => [reason, name]));
  }
});

describe("docs/rpcs.md", () => {
  const isKnown = existsSync(join(root, "packages/server/dist/grpc/served-methods.js"));

  test.skipIf(!isKnown)("is what proto/ and the server say: run `pnpm run docs`", async () => {
    const script = join(root, "scripts/generate-rpc-table.mjs");
    const { stdout } = await promisify(execFile)(process.execPath, [script, "--print"], { cwd: root });
    expect(read("docs/rpcs.md")).toBe(stdout);
  });
});

describe("docs/api", () => {
  test("is what proto/ says: run `pnpm run docs`", async () => {
    const script = join(root, "scripts/generate-api-docs.mjs");
    await promisify(execFile)(process.execPath, [script, "--check"], { cwd: root });
  });

  test("links every type to its heading", () => {
    const pages = readdirSync(join(root, "docs/api"));
    const anchorsOf = (page: string) =>
      [...read(`docs/api/${page}`).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => heading.toLowerCase());
    const anchors = new Map(pages.map((page) => [page, anchorsOf(page)]));
    const links = pages.flatMap((page) =>
      [...read(`docs/api/${page}`).matchAll(/\]\(([\w.]*)#(\w+)\)/g)].map(
        ([, to, anchor]) => [to || page, anchor] as const,
      ),
    );
    expect(links.length).toBeGreaterThan(200);
    expect(links.filter(([page, anchor = ""]) => !anchors.get(page)?.includes(anchor))).toEqual([]);
  });
});
