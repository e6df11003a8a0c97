import { createHash } from "node:crypto";
import { link, mkdtemp, readdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createDiskModelFiles } from "./disk-model-files.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "model-files-"));
});
afterEach(() => rm(folder, { recursive: true }));

const bytes = new TextEncoder().encode("a model ".repeat(1_000));
const sha256 = createHash("sha256").update(bytes).digest("hex");
async function* pieces(of: Uint8Array = bytes) {
  for (let at = 0; at < of.length; at += 777) yield of.subarray(at, at + 777);
}
const write = (tenant = "t", of: Uint8Array = bytes, file = { sha256, bytes: bytes.length }) =>
  createDiskModelFiles(folder).write(tenant, file, pieces(of));
const everything = async () => (await readdir(folder, { recursive: true })).filter((name) => name.length > 40);

test("a file is read as it was written, whole and in pieces, also by another server on the folder", async () => {
  await write();
  const files = createDiskModelFiles(folder);
  expect(await files.has("t", sha256)).toBe(true);
  expect(Buffer.from(await files.read("t", sha256)).equals(bytes)).toBe(true);
  const streamed: Uint8Array[] = [];
  for await (const chunk of files.stream("t", sha256)) streamed.push(chunk);
  expect(Buffer.concat(streamed).equals(bytes)).toBe(true);
});

test("a file of another content or size is refused and nothing of it stays", async () => {
  const other = bytes.slice();
  other[5] = 0;
  await expect(write("t", other)).rejects.toThrow("sha256");
  await expect(write("t", bytes.subarray(1))).rejects.toThrow("8000 bytes");
  await expect(write("t", Buffer.concat([bytes, bytes]))).rejects.toThrow("8000 bytes");
  expect(await everything()).toEqual([]);
});

test("one tenant's file is not another's, whatever the tenants are called", async () => {
  await write("a/../b");
  const files = createDiskModelFiles(folder);
  expect(await files.has("b", sha256)).toBe(false);
  await expect(files.read("b", sha256)).rejects.toMatchObject({ name: "ServiceError" });
  await expect(files.read("a/../b", "../../etc/passwd")).rejects.toThrow("No model has a file");
});

test("what was changed on the disk, or put there as a link, is not given out", async () => {
  await write();
  const files = createDiskModelFiles(folder);
  const [path = ""] = (await everything()).map((name) => join(folder, name));
  await rm(path);
  await writeFile(join(folder, "elsewhere"), bytes);
  await symlink(join(folder, "elsewhere"), path);
  await expect(files.read("t", sha256)).rejects.toThrow("No model has a file");
  await rm(path);
  await writeFile(path, "something else");
  await expect(files.stream("t", sha256)[Symbol.asyncIterator]().next()).rejects.toThrow("No model has a file");
  await rm(path);
  await link(join(folder, "elsewhere"), path);
  expect(await files.read("t", sha256)).toHaveLength(bytes.length);
});

test("old files that no model needs are swept away, new ones and needed ones are not", async () => {
  await write("kept");
  await write("old");
  const day = new Date(Date.now() - 2 * 24 * 3_600_000);
  for (const name of await everything()) await utimes(join(folder, name), day, day);
  await write("new");
  const files = createDiskModelFiles(folder);
  expect(await files.sweep(new Set([`kept/${sha256}`]))).toBe(1);
  expect(await Promise.all(["kept", "old", "new"].map((tenant) => files.has(tenant, sha256)))).toEqual([
    true,
    false,
    true,
  ]);
});
