import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importKeyRing, issueToken, openKeyDirectory, verifyToken } from "@cinedeepmatch/auth";
import { Command } from "commander";
import { afterEach, expect, test, vi } from "vitest";
import { addKeysCommand } from "./keys.js";

const folders: string[] = [];
afterEach(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true }))));

async function keys(...args: string[]): Promise<string> {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    const program = new Command();
    addKeysCommand(program);
    await program.parseAsync(["keys", ...args], { from: "user" });
    return write.mock.calls.map(([text]) => text).join("");
  } finally {
    write.mockRestore();
  }
}

test("exported keys verify what a server's directory issued before and after a rotation, and issue with its key", async () => {
  const folder = await mkdtemp(join(tmpdir(), "cinedeepmatch-keys-"));
  folders.push(folder);
  const directory = await openKeyDirectory(join(folder, "keys"));
  const claims = { subject: "worker", scopes: [], expiresAt: Date.now() + 60_000 };
  const before = await issueToken(directory.model, claims);
  await directory.update("model", (ring) => void ring.promote(ring.generate().id));
  const issuing = directory.model.list().find(({ state }) => state === "issuing");
  const after = await issueToken(directory.model, claims);

  const exported = importKeyRing("model", await keys("export", "--audience", "model", "--data-dir", folder));
  for (const { token } of [before, after]) {
    await expect(verifyToken(exported, token)).resolves.toMatchObject({ subject: "worker" });
  }
  expect(exported.list().map(({ state }) => state)).toEqual(["issuing", "verifying"]);
  expect(exported.list()[0]?.id).toBe(issuing?.id);
});

test("no other command shows a secret", async () => {
  const folder = await mkdtemp(join(tmpdir(), "cinedeepmatch-keys-"));
  folders.push(folder);
  const shown = (await keys("list", "--data-dir", folder)) + (await keys("add", "--data-dir", folder));
  expect(shown).toMatch(/^k4\.lid\./);
  expect(shown).not.toContain("k4.local.");
});

test("a rotation leaves the old key verifying until it is retired", async () => {
  const folder = await mkdtemp(join(tmpdir(), "cinedeepmatch-keys-"));
  folders.push(folder);
  const directory = await openKeyDirectory(join(folder, "keys"));
  const { token } = await issueToken(directory.client, { subject: "s", scopes: [], expiresAt: Date.now() + 60_000 });
  const [old] = directory.client.list();

  const shown = await keys("rotate", "--wait", "0", "--data-dir", folder);
  expect(shown.split("\n").map((line) => line.split(/\s+/)[1])).toEqual(["retiring", "issuing", undefined]);
  await directory.reload();
  await expect(verifyToken(directory.client, token)).resolves.toMatchObject({ subject: "s" });

  await keys("retire", old?.id ?? "", "--data-dir", folder);
  await directory.reload();
  await expect(verifyToken(directory.client, token)).rejects.toMatchObject({ code: "token_key_unknown" });
});
