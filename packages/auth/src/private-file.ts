import { randomUUID } from "node:crypto";
import { link, open, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { AuthError } from "./auth-error.js";

const OTHERS = 0o077;
/** Far above any ring; keeps a wrong path from being read into memory whole. */
const MAX_BYTES = 262_144;

/** What changes about a file whenever another is renamed into its place. */
export type FileStamp = string;

/** A private file as it was read. */
export interface PrivateFile {
  readonly text: string;
  readonly stamp: FileStamp;
}

/** A file's stamp, at the cost of one `stat`; `undefined` when there is no file. */
export async function stampOf(path: string): Promise<FileStamp | undefined> {
  const stats = await stat(path, { bigint: true }).catch(ignore("ENOENT"));
  return stats && toStamp(stats);
}

/**
 * Reads a file that nobody but its owner may reach; `undefined` when there is none. Windows has no such modes: there
 * only the file's existence and size are checked.
 *
 * @throws {@link AuthError} `key_file_exposed`, `key_file_malformed` when it is too large
 */
export async function readPrivateFile(path: string): Promise<PrivateFile | undefined> {
  const file = await open(path, "r").catch(ignore("ENOENT"));
  if (file === undefined) return undefined;
  try {
    // Asked of the open file, not of the path, so that what is checked is what is read.
    const stats = await file.stat({ bigint: true });
    const mode = Number(stats.mode) & 0o777;
    if (process.platform !== "win32" && (mode & OTHERS) !== 0) {
      const found = mode.toString(8).padStart(4, "0");
      throw new AuthError(
        "key_file_exposed",
        `${path} has mode ${found}, other users can reach it: run chmod 600 on it`,
      );
    }
    if (stats.size > MAX_BYTES) throw new AuthError("key_file_malformed", `${path} is too large for a key file`);
    return { text: await file.readFile("utf8"), stamp: toStamp(stats) };
  } finally {
    await file.close();
  }
}

/**
 * Writes a private file (mode 0600) in one step: readers see the old text or the new one, also after a power cut.
 *
 * @param exclusive - leaves a file that is already there alone
 * @returns the stamp of what was written; `undefined` when it was left alone
 */
export async function writePrivateFile(path: string, text: string, exclusive: boolean): Promise<FileStamp | undefined> {
  const draft = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const file = await open(draft, "wx", 0o600);
    let stamp: FileStamp;
    try {
      await file.writeFile(text);
      await file.sync();
      // Taken here, not after the rename, when the name may already lead to another process's file.
      stamp = toStamp(await file.stat({ bigint: true }));
    } finally {
      await file.close();
    }
    // A link fails where a file exists, a rename replaces it.
    if (exclusive && (await link(draft, path).then(() => true, ignore("EEXIST"))) === undefined) return undefined;
    if (!exclusive) await rename(draft, path);
    await syncDirectory(dirname(path));
    return stamp;
  } finally {
    await unlink(draft).catch(ignore("ENOENT"));
  }
}

/** Makes the new name itself durable; Windows cannot open a directory for that. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const directory = await open(path, "r");
  await directory.sync().finally(() => directory.close());
}

function toStamp(stats: { readonly ino: bigint; readonly mtimeNs: bigint; readonly size: bigint }): FileStamp {
  return `${stats.ino}:${stats.mtimeNs}:${stats.size}`;
}

function ignore(code: string): (error: NodeJS.ErrnoException) => undefined {
  return (error) => {
    if (error.code !== code) throw error;
  };
}
