import { existsSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";

const LIBRARIES = ["x86_64-linux-gnu", "aarch64-linux-gnu"].map(
  (each) => `/usr/lib/${each}/faketime/libfaketimeMT.so.1`,
);

/** What gives a process a clock of its own, where it is installed. */
export function clockLibrary(): string | undefined {
  return LIBRARIES.find((path) => existsSync(path));
}

/** Sets the clock of the processes that read it from a file, within a second. */
export async function setClock(file: string, offsetSeconds: number): Promise<void> {
  await writeFile(`${file}.new`, `${offsetSeconds < 0 ? "" : "+"}${offsetSeconds}\n`);
  await rename(`${file}.new`, file);
}

/** The environment of a process whose clock is in a file. How time passes, by which timers go, stays as it is. */
export function readingClock(file: string): Record<string, string> {
  return {
    LD_PRELOAD: clockLibrary() ?? "",
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_CACHE_DURATION: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  };
}
