import { execFileSync } from "node:child_process";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";

const MEGABYTES = 400;
const CHUNK = Buffer.alloc(1024 * 1024);

/** Makes a folder a small file system of its own, which can be filled without hurting anybody else. */
export async function mountSmall(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${MEGABYTES}m`, "tmpfs", folder]);
  const unmount = () => void execFileSync("umount", ["--lazy", folder]);
  process.on("exit", unmount);
  return async () => {
    process.off("exit", unmount);
    unmount();
  };
}

/** Fills a folder's file system to the last byte; returns what makes room again. */
export async function fill(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, "filler");
  const file = await open(path, "w");
  try {
    for (;;) await file.write(CHUNK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  } finally {
    await file.close();
  }
  return () => rm(path);
}
