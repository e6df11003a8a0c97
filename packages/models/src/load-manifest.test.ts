import { appendFile, cp, link, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadManifest, modelNames } from "./index.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "models-"));
  await cp(new URL("../assets/", import.meta.url), folder, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

const copied = () => pathToFileURL(`${folder}/`);

test("every file of every shipped model has the listed size and hash", async () => {
  for (const name of modelNames) {
    const { manifest, read } = await loadManifest(name);
    for (const [file, { bytes }] of Object.entries(manifest.files)) expect(await read(file)).toHaveLength(bytes);
  }
});

test("all shipped models together stay under 60 MB", async () => {
  const manifests = await Promise.all(modelNames.map((name) => loadManifest(name)));
  const total = manifests.flatMap(({ manifest }) => Object.values(manifest.files)).reduce((n, f) => n + f.bytes, 0);
  expect(total).toBeLessThan(60e6);
});

test("a model file with other content of the same size is refused", async () => {
  const { path, read } = await loadManifest("scan", copied());
  const { open } = await import("node:fs/promises");
  const file = await open(path("scan.onnx"), "r+");
  await file.write("x", 20);
  await file.close();
  await expect(read("scan.onnx")).rejects.toMatchObject({ name: "ModelFileError", fault: "wrong-hash" });
});

test("a model file that grew is refused before it is read", async () => {
  const { path, read } = await loadManifest("scan", copied());
  await appendFile(path("scan.onnx"), "x");
  await expect(read("scan.onnx")).rejects.toMatchObject({ fault: "wrong-size" });
});

test("a manifest that was edited is refused", async () => {
  await appendFile(join(folder, "scan", "manifest.json"), " ");
  await expect(loadManifest("scan", copied())).rejects.toMatchObject({ fault: "wrong-hash" });
});

test("a symbolic link in place of a model file is refused", async () => {
  const { path, read } = await loadManifest("scan", copied());
  const original = path("scan.onnx");
  await cp(original, `${original}.moved`);
  await rm(original);
  await symlink(`${original}.moved`, original);
  await expect(read("scan.onnx")).rejects.toMatchObject({ fault: "not-a-file" });
});

test("a hard-linked model file is accepted, as pnpm installs packages that way", async () => {
  const { path, read } = await loadManifest("scan", copied());
  await link(path("scan.onnx"), join(folder, "second-name.onnx"));
  await expect(read("scan.onnx")).resolves.toBeInstanceOf(Uint8Array);
});

test("names outside the allow-list are refused, paths that climb out included", async () => {
  await expect(loadManifest("other" as "scan")).rejects.toMatchObject({ fault: "unknown" });
  const { path, read } = await loadManifest("scan");
  expect(() => path("../movie-minilm-l6-int8/model.onnx")).toThrow("unknown");
  await expect(read("__proto__")).rejects.toMatchObject({ fault: "unknown" });
});
