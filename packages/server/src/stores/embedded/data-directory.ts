import { chmod, mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { type DirectoryLock, takeLock } from "./directory-lock.js";

/** The directory in which a server keeps everything. While it is open no other process can open it. */
export interface DataDirectory {
  /** The directory's absolute path. */
  readonly path: string;
  /** Lets other processes have it. Close everything that works in it first. */
  close(): Promise<void>;
}

/**
 * Opens a data directory and makes it if there is none. PGlite has no lock of its own, and two processes in one
 * database destroy it, so nothing in a data directory may be opened without this.
 *
 * @param path where it is; only its owner can read it from then on
 * @throws DirectoryInUseError when another process has it open
 */
export async function openDataDirectory(path: string): Promise<DataDirectory> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  // One directory may be reached by several paths; its lock is the same file on each.
  const directory = await realpath(path);
  await chmod(directory, 0o700);
  const lock: DirectoryLock = await takeLock(join(directory, "lock"));
  return { path: directory, close: () => lock.release() };
}
