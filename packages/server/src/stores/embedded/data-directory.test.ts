import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runSource, type SourceProcess } from "../testing/run-source.js";
import { openDataDirectory } from "./data-directory.js";
import { DirectoryInUseError } from "./directory-lock.js";

let parent: string;
let path: string;
let holders: SourceProcess[];

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "cinedeepmatch-lock-"));
  path = join(parent, "data");
  holders = [];
});

afterEach(async () => {
  for (const holder of holders) await holder.kill();
  await rm(parent, { recursive: true, force: true });
});

function hold(): SourceProcess {
  const holder = runSource("./hold-directory.ts", path);
  holders.push(holder);
  return holder;
}

test("only its owner can read it, even when it was open to all", async () => {
  await mkdir(path, { mode: 0o777 });
  const directory = await openDataDirectory(path);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  await directory.close();
});

test("a second opening is refused, by whatever path, and names the directory and the holder", async () => {
  const directory = await openDataDirectory(path);
  await symlink(path, join(parent, "alias"));
  const refused = openDataDirectory(join(parent, "alias"));
  await expect(refused).rejects.toBeInstanceOf(DirectoryInUseError);
  await expect(refused).rejects.toMatchObject({ pid: process.pid, directory: directory.path });
  await directory.close();
  await (await openDataDirectory(path)).close();
  expect(await readdir(path)).toEqual([]);
});

test("another process is refused while the holder lives, and gets in when it was killed", async () => {
  const holder = hold();
  expect(await holder.nextLine()).toBe("held");
  await expect(openDataDirectory(path)).rejects.toMatchObject({ pid: holder.process.pid });
  await holder.kill();
  await (await openDataDirectory(path)).close();
});

test("of many processes that find the lock of a killed one, exactly one gets it", async () => {
  const dead = hold();
  expect(await dead.nextLine()).toBe("held");
  await dead.kill();
  const starters = Array.from({ length: 6 }, hold);
  const answers = await Promise.all(starters.map((starter) => starter.nextLine()));
  expect(answers.filter((answer) => answer === "held")).toHaveLength(1);
  for (const answer of answers) expect(answer).toMatch(/^held$|is in use by the process/);
});

test("of many openings at once in one process, exactly one succeeds, also over a stale lock", async () => {
  await mkdir(path);
  for (let round = 0; round < 20; round++) {
    await writeFile(
      join(path, "lock"),
      JSON.stringify({ ...(await ownLock()), pid: 2 ** 22 + 1, token: `dead-${round}` }),
    );
    const openings = await Promise.allSettled(Array.from({ length: 10 }, () => openDataDirectory(path)));
    const opened = openings.filter((opening) => opening.status === "fulfilled");
    expect(opened).toHaveLength(1);
    for (const { value } of opened) await value.close();
  }
  expect(await readdir(path)).toEqual([]);
});

test("a pid that another process has now is no reason to refuse", async () => {
  await mkdir(path);
  await writeFile(join(path, "lock"), JSON.stringify({ ...(await ownLock()), startTime: "1", token: "dead" }));
  await (await openDataDirectory(path)).close();
});

test("a holder in another container is believed to live while it shows signs of life", {
  timeout: 30_000,
}, async () => {
  const holder = hold();
  expect(await holder.nextLine()).toBe("held");
  const lock = join(path, "lock");
  const identity = JSON.parse(await readFile(lock, "utf8"));
  await writeFile(lock, JSON.stringify({ ...identity, namespace: "elsewhere" }));
  await expect(openDataDirectory(path)).rejects.toMatchObject({ pid: holder.process.pid });
  await holder.kill();
  const began = Date.now();
  await (await openDataDirectory(path)).close();
  expect(Date.now() - began).toBeGreaterThan(5_000);
});

/** What a lock of this process says. */
async function ownLock(): Promise<Record<string, unknown>> {
  const other = await mkdtemp(join(parent, "other-"));
  const directory = await openDataDirectory(other);
  const lock = JSON.parse(await readFile(join(other, "lock"), "utf8"));
  await directory.close();
  return lock;
}
