import { link, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { identifyThisProcess, type ProcessIdentity, processState } from "./process-identity.js";

/** How often a holder shows that it is alive to processes that cannot see its pid. */
const BEAT_MS = 2_000;
/** A holder whose pid cannot be seen counts as ended after this long without a beat. */
const SILENCE_MS = 10_000;

/** Somebody else holds the data directory. */
export class DirectoryInUseError extends Error {
  override readonly name = "DirectoryInUseError";
  readonly directory: string;
  /** The holder's process id. */
  readonly pid: number;

  constructor(directory: string, pid: number) {
    super(
      `The data directory ${directory} is in use by the process ${pid}. ` +
        "Stop that process first, or choose another directory.",
    );
    this.directory = directory;
    this.pid = pid;
  }
}

/** A held lock. */
export interface DirectoryLock {
  /** Lets go of the lock. Further calls do nothing. */
  release(): Promise<void>;
}

/**
 * Takes the lock that is the file at `path`, also from a holder that ended without letting go.
 *
 * @throws DirectoryInUseError when a living process holds it
 */
export async function takeLock(path: string): Promise<DirectoryLock> {
  const identity = await identifyThisProcess();
  const prepared = `${path}.new-${identity.token}`;
  await writeFile(prepared, JSON.stringify(identity), { flag: "wx", mode: 0o600 });
  try {
    await place(prepared, path);
  } finally {
    await rm(prepared, { force: true });
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, BEAT_MS);
  beat.unref();
  return {
    async release() {
      clearInterval(beat);
      if ((await readHolder(path))?.token === identity.token) await rm(path, { force: true });
    },
  };
}

/** Makes the prepared file the lock. A link appears with its whole content or not at all, and never replaces. */
async function place(prepared: string, path: string): Promise<void> {
  for (;;) {
    try {
      await link(prepared, path);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = await readHolder(path);
    if (holder === undefined) continue;
    if (!(await hasEnded(path, holder))) throw new DirectoryInUseError(dirname(path), holder.pid);
    if (await replace(prepared, path, holder)) return;
  }
}

/**
 * Replaces the lock of a holder that has ended. Of several processes that try, one takes the lock on just that
 * replacement; the others then find that the holder has changed. The lock on the replacement is a lock like the
 * other, so that a process that ends while it holds it does no harm either.
 */
async function replace(prepared: string, path: string, ended: ProcessIdentity): Promise<boolean> {
  const replacement = await takeLock(join(dirname(path), `lock.replace-${ended.token}`));
  try {
    if ((await readHolder(path))?.token !== ended.token) return false;
    await rename(prepared, path);
    return true;
  } finally {
    await replacement.release();
  }
}

async function hasEnded(path: string, holder: ProcessIdentity): Promise<boolean> {
  const state = await processState(holder);
  return state === "elsewhere" ? await fallsSilent(path) : state === "ended";
}

/** Waits for the next beat of a holder whose pid cannot be seen; true when none comes. */
async function fallsSilent(path: string): Promise<boolean> {
  const first = await lastBeat(path);
  for (;;) {
    const last = await lastBeat(path);
    if (last === undefined) return true;
    if (last !== first) return false;
    if (Date.now() - last > SILENCE_MS) return true;
    await sleep(250);
  }
}

async function lastBeat(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.mtimeMs;
}

async function readHolder(path: string): Promise<ProcessIdentity | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as ProcessIdentity;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
