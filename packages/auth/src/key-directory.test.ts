import { chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { issueToken } from "./issue-token.js";
import { openKeyDirectory } from "./key-directory.js";
import { verifyToken } from "./verify-token.js";

const windows = process.platform === "win32";
const hour = { subject: "account/42", scopes: [], expiresAt: Date.now() + 3_600_000 };
let root: string;
let keys: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "cinedeepmatch-keys-"));
  keys = join(root, "deep", "keys");
});
afterEach(() => rm(root, { recursive: true, force: true }));

test("the first start makes an issuing key per audience, and the next start finds them", async () => {
  const first = await openKeyDirectory(keys);
  const second = await openKeyDirectory(keys);
  expect(second.client.list()).toEqual(first.client.list());
  expect(second.model.list()).toEqual(first.model.list());
  expect(first.client.list()).toMatchObject([{ state: "issuing" }]);
  expect(first.client.list()[0]?.id).not.toBe(first.model.list()[0]?.id);
  expect((await readdir(keys)).sort()).toEqual(["client.json", "model.json"]);
});

test.skipIf(windows)("the directory is 0700 and the files are 0600, after a change too", async () => {
  const directory = await openKeyDirectory(keys);
  await directory.update("client", (ring) => ring.generate());
  expect((await stat(keys)).mode & 0o777).toBe(0o700);
  for (const file of await readdir(keys)) expect((await stat(join(keys, file))).mode & 0o777).toBe(0o600);
});

test.skipIf(windows)("a file that others can reach is refused, by name and with the remedy", async () => {
  await openKeyDirectory(keys);
  for (const mode of [0o640, 0o604, 0o620, 0o601]) {
    await chmod(join(keys, "client.json"), mode);
    const refusal = await openKeyDirectory(keys).catch((error) => error);
    expect(refusal).toMatchObject({ name: "AuthError", code: "key_file_exposed" });
    expect(refusal.message).toContain(`client.json has mode 0${mode.toString(8)}`);
    expect(refusal.message).toContain("chmod 600");
  }
});

test.skipIf(windows)("a directory that others can write is refused", async () => {
  await openKeyDirectory(keys);
  await chmod(keys, 0o770);
  await expect(openKeyDirectory(keys)).rejects.toMatchObject({ code: "key_file_exposed" });
});

test("a damaged file is refused without being quoted", async () => {
  await openKeyDirectory(keys);
  const path = join(keys, "client.json");
  const text = await readFile(path, "utf8");
  const other = await readFile(join(keys, "model.json"), "utf8");
  const secret = /k4\.local\.[\w-]+/.exec(text)?.[0] ?? "";
  const damaged = [
    text.slice(0, -4),
    "",
    "null",
    "[]",
    other,
    text.replace("issuing", "best"),
    text.replace("k4.lid", "k4.lie"),
  ];
  for (const content of [...damaged, text.replace('"version": 1', '"version": 2'), `${text}${" ".repeat(300_000)}`]) {
    await writeFile(path, content);
    const refusal = await openKeyDirectory(keys).catch((error) => error);
    expect(refusal).toMatchObject({ code: "key_file_malformed" });
    expect(`${refusal.stack} ${refusal.cause}`).not.toContain(secret.slice(0, 20));
  }
});

test("several first starts at the same time end up with the same keys", async () => {
  const opened = await Promise.all(Array.from({ length: 8 }, () => openKeyDirectory(keys)));
  expect(new Set(opened.map(({ client }) => client.list()[0]?.id)).size).toBe(1);
  expect(new Set(opened.map(({ model }) => model.list()[0]?.id)).size).toBe(1);
  expect((await readdir(keys)).length).toBe(2);
});

test("a running server sees a rotation made by another process, in the rings it already holds", async () => {
  const server = await openKeyDirectory(keys);
  const operator = await openKeyDirectory(keys);
  const { client } = server;
  const { token } = await issueToken(client, hour);
  const old = client.list()[0]?.id ?? "";
  await operator.update("client", (ring) => ring.promote(ring.generate().id));
  const { token: next } = await issueToken(operator.client, hour);
  await expect(verifyToken(client, next)).rejects.toMatchObject({ code: "token_key_unknown" });
  expect(await server.reload()).toBe(true);
  expect(await server.reload()).toBe(false);
  await expect(verifyToken(client, next)).resolves.toBeDefined();
  await expect(verifyToken(client, token)).resolves.toBeDefined();
  await operator.update("client", (ring) => ring.remove(old));
  await server.reload();
  await expect(verifyToken(client, token)).rejects.toMatchObject({ code: "token_key_unknown" });
});

test("a reload notices a newer mtime alone, and an error leaves the keys as they were", async () => {
  const server = await openKeyDirectory(keys);
  const path = join(keys, "model.json");
  await utimes(path, new Date(), new Date(Date.now() + 60_000));
  expect(await server.reload()).toBe(true);
  const before = server.model.list();
  await writeFile(path, "{}");
  await expect(server.reload()).rejects.toMatchObject({ code: "key_file_malformed" });
  await rm(path);
  await expect(server.reload()).rejects.toMatchObject({ code: "key_file_unavailable" });
  expect(server.model.list()).toEqual(before);
});

test("a change that throws writes nothing, and changes made at the same time all arrive", async () => {
  const directory = await openKeyDirectory(keys);
  const before = await readFile(join(keys, "client.json"), "utf8");
  const clumsy = directory.update("client", (ring) => {
    ring.generate();
    ring.remove("k4.lid.none");
  });
  await expect(clumsy).rejects.toMatchObject({ code: "key_unknown" });
  expect(await readFile(join(keys, "client.json"), "utf8")).toBe(before);
  expect(directory.client.list().length).toBe(1);
  await Promise.all([1, 2, 3].map(() => directory.update("client", (ring) => ring.generate())));
  expect((await openKeyDirectory(keys)).client.list().length).toBe(4);
});

test("a path that cannot be a directory fails with the file system's reason", async () => {
  const path = join(root, "file");
  await writeFile(path, "");
  const refusal = await openKeyDirectory(path).catch((error) => error);
  expect(refusal).toMatchObject({ code: "key_file_unavailable", cause: { code: "EEXIST" } });
});
