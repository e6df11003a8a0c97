import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AUDIENCES, type Audience, type KeyDirectory, openKeyDirectory } from "@cinedeepmatch/auth";
import { type Command, Option } from "commander";
import { readConfig } from "../config.js";

interface KeyFlags {
  dataDir?: string;
  audience: Audience;
}

/** `cinedeepmatch keys list|rotate|add|promote|retire|export`: the life of the keys of a data directory. */
export function addKeysCommand(program: Command): void {
  const keys = program.command("keys").description("list and rotate the keys of a data directory");
  const add = (name: string, description: string) =>
    keys
      .command(name)
      .description(description)
      .option("--data-dir <folder>", "whose keys (default: $CINEDEEPMATCH_DATA_DIR or ./.data)")
      .addOption(new Option("--audience <audience>", "which keys").choices(AUDIENCES).default("client"));

  add("list", "show the keys' ids and states").action(async (flags: KeyFlags) => print(await open(flags), flags));
  add("add", "make a key that verifies but does not issue yet").action((flags: KeyFlags) =>
    change(flags, (directory) => directory.update(flags.audience, (ring) => void ring.generate())),
  );
  add("promote <id>", "make a key the issuing one; the one before goes on verifying").action(
    (id: string, flags: KeyFlags) =>
      change(flags, (directory) => directory.update(flags.audience, (ring) => void ring.promote(id))),
  );
  add("rotate", "add a key, wait until running servers know it, and promote it")
    .option("--wait <seconds>", "how long to wait; servers look every 5 seconds", "10")
    .action((flags: KeyFlags & { wait: string }) => rotate(flags));
  add("retire <id>", "remove a key whose successor issues; its tokens are refused from then on").action(
    (id: string, flags: KeyFlags) =>
      change(flags, (directory) => directory.update(flags.audience, (ring) => ring.remove(id))),
  );
  add("export", "print the keys themselves, for MODEL_KEYS of workers that run apart: keep the output secret").action(
    async (flags: KeyFlags) => printSecrets(await open(flags), flags),
  );
}

/** A key that issued before every server knew it would have its first tokens refused. */
async function rotate(flags: KeyFlags & { wait: string }): Promise<void> {
  const seconds = Number(flags.wait);
  if (!(seconds >= 0)) throw new Error(`--wait must be a number of seconds, not "${flags.wait}".`);
  const directory = await open(flags);
  let added = "";
  await directory.update(flags.audience, (ring) => {
    added = ring.generate().id;
  });
  await sleep(seconds * 1_000);
  await directory.update(flags.audience, (ring) => void ring.promote(added));
  print(directory, flags);
}

function open(flags: KeyFlags): Promise<KeyDirectory> {
  return openKeyDirectory(join(resolve(flags.dataDir ?? readConfig(process.env).dataDirectory), "keys"));
}

async function change(flags: KeyFlags, apply: (directory: KeyDirectory) => Promise<void>): Promise<void> {
  const directory = await open(flags);
  await apply(directory);
  print(directory, flags);
}

/** One PASERK a line, the issuing key first, as whoever imports a ring expects it. */
function printSecrets(directory: KeyDirectory, { audience }: KeyFlags): void {
  const keys = directory[audience].exportKeys();
  const ordered = [...keys].sort((a, b) => Number(b.state === "issuing") - Number(a.state === "issuing"));
  process.stdout.write(ordered.map(({ secret }) => `${secret}\n`).join(""));
}

function print(directory: KeyDirectory, { audience }: KeyFlags): void {
  for (const { id, state, since } of directory[audience].list()) {
    process.stdout.write(`${id}  ${state.padEnd(9)}  since ${new Date(since).toISOString()}\n`);
  }
}
