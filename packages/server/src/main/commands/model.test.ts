import { appendFile, cp, link, readFile, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempFolder } from "../../importing/read-all.test.support.js";
import { type TinyTaste, writeTinyTasteModel } from "../../onnx/tiny-taste-model.test.support.js";
import { runCli } from "./run-cli.test.support.js";

async function modelFolder(options: TinyTaste = {}): Promise<string> {
  const folder = join(await tempFolder(), "model");
  await writeTinyTasteModel(folder, { items: ["heat-1995"], ...options });
  return folder;
}

async function validate(folder: string): Promise<{ code: number | undefined; problems: string[] }> {
  const { code, stdout } = await runCli(["model", "validate", folder, "--json"]);
  const { valid, problems } = JSON.parse(stdout) as { valid: boolean; problems: string[] };
  expect(valid).toBe(problems.length === 0);
  return { code, problems };
}

async function changeManifest(folder: string, change: (manifest: Record<string, unknown>) => object): Promise<void> {
  const path = join(folder, "manifest.json");
  const manifest = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
  await writeFile(path, JSON.stringify({ ...manifest, ...change(manifest) }));
}

test("a model that keeps the contract is good", async () => {
  const folder = await modelFolder();
  expect(await validate(folder)).toEqual({ code: 0, problems: [] });
  expect((await runCli(["model", "validate", folder])).stdout).toBe(
    "tiny@1 is good: it loads, runs and keeps the contract.\n",
  );
});

test("links of either kind are refused, because what they lead to may change", async () => {
  const [soft, hard] = [await modelFolder(), await modelFolder()];
  for (const folder of [soft, hard]) await rename(join(folder, "item.onnx"), `${folder}.moved`);
  await symlink(`${soft}.moved`, join(soft, "item.onnx"));
  await link(`${hard}.moved`, join(hard, "item.onnx"));
  expect((await validate(soft)).problems).toEqual(["item.onnx: is a symbolic link; put the file itself there"]);
  expect((await validate(hard)).problems).toEqual(["item.onnx: is a hard link; put a copy there"]);
});

test("files of another content or size, and files that the manifest does not name, are refused", async () => {
  const folder = await modelFolder();
  await appendFile(join(folder, "taste.onnx"), "x");
  await writeFile(join(folder, "items.txt"), "HEAT-1995\n");
  await writeFile(join(folder, "extra.bin"), "x");
  expect(await validate(folder)).toEqual({
    code: 1,
    problems: [
      "taste.onnx: has not the size that the manifest says",
      "items.txt: has not the SHA-256 that the manifest says",
      "extra.bin: is not in the manifest; name it there or take it away",
    ],
  });
});

test("a manifest is told everything that is wrong with it at once", async () => {
  const folder = await modelFolder();
  await changeManifest(folder, () => ({
    kind: "oracle",
    name: "No Name",
    maxEvents: 0,
    licence: "",
    metrics: "good",
  }));
  const { problems } = await validate(folder);
  expect(problems.map((problem) => problem.split(":")[0])).toEqual(["kind", "name", "maxEvents", "licence", "metrics"]);
  await cp(join(folder, "manifest.json"), join(folder, "copy.json"));
  await writeFile(join(folder, "manifest.json"), "{");
  expect((await validate(folder)).problems[0]).toMatch(/^manifest.json: is no JSON/);
});

test("files whose names lead out of the folder are refused", async () => {
  const folder = await modelFolder();
  await changeManifest(folder, ({ files }) => ({
    files: { ...(files as object), "../secret": { sha256: "", bytes: 1 } },
  }));
  expect((await validate(folder)).problems).toEqual(['files: "../secret" is no plain file name']);
});

test("foreign operators and tensors of another shape are refused before anything runs", async () => {
  expect((await validate(await modelFolder({ domain: "com.example" }))).problems).toEqual([
    'taste.onnx: uses operators of "com.example"; only ONNX\'s own may be used',
  ]);
  const folder = await modelFolder();
  await changeManifest(folder, () => ({ dimension: 5 }));
  expect((await validate(folder)).problems).toEqual([
    'taste.onnx: output "query" is float32[batch, 4]; it must be float32[batch, 5]',
    'item.onnx: output "behavioural" is float32[movies, 4]; it must be float32[movies, 5]',
  ]);
});

test("an id that comes twice, and a line that is none, are told", async () => {
  expect((await validate(await modelFolder({ items: ["a", "b", "a"] }))).problems).toEqual([
    "items.txt: has an id twice",
  ]);
  expect((await validate(await modelFolder({ items: ["a", "", "b"] }))).problems).toEqual([
    "items.txt: line 2 is no id of a movie",
  ]);
});

test("what is no model, or no share, ends the command with 2", async () => {
  expect(await runCli(["model", "activate", "taste"])).toMatchObject({ code: 2 });
  expect(await runCli(["model", "canary", "taste@1", "twice"])).toMatchObject({ code: 2 });
  expect(await runCli(["model", "register", await tempFolder()])).toMatchObject({ code: 1 });
});
