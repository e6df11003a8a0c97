import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A process that runs one of the sources. */
export interface SourceProcess {
  readonly process: ChildProcess;
  /** The lines it has written so far, and those to come. */
  readonly lines: string[];
  /** Resolves with the next line; undefined at the end. */
  nextLine(): Promise<string | undefined>;
  /** Ends it as a crash would, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Runs a source file of this folder in a process of its own. */
export function runSource(file: string, ...args: string[]): SourceProcess {
  const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(process.execPath, ["--import", pathOf("./resolve-typescript.mjs"), pathOf(file), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => lines.push(line));
  const ended = new Promise<void>((resolve) => reader.on("close", resolve));
  return {
    process: child,
    lines,
    nextLine: () =>
      Promise.race([new Promise<string>((resolve) => reader.once("line", resolve)), ended.then(() => undefined)]),
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
