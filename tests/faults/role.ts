import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const CLI = fileURLToPath(new URL("../../packages/server/dist/main/cli.js", import.meta.url));
const READY_MS = 60_000;
const living = new Set<ChildProcess>();
// Whatever ends the run, nothing of it is left behind.
process.on("exit", () => {
  for (const child of living) child.kill("SIGKILL");
});

/** How a process of ours is started, each time anew. */
export interface RoleOptions {
  readonly name: string;
  /** After `cinedeepmatch`. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Its standard error, of all its lives. */
  readonly logPath: string;
}

/** A process of ours that is killed and started again. */
export class Role {
  readonly name: string;
  readonly #options: RoleOptions;
  #child: ChildProcess | undefined;
  #gone: Promise<void> = Promise.resolve();

  constructor(options: RoleOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Resolves when it says that it is ready. */
  async start(more: Readonly<Record<string, string>> = {}): Promise<void> {
    const { args, env, logPath } = this.#options;
    const blank = { REDIS_URL: "", DATABASE_URL: "", MONGODB_URL: "", OPS_PORT: "0", LOG_LEVEL: "info" };
    const child = spawn(process.execPath, [CLI, ...args, "--json"], {
      env: { ...process.env, ...blank, ...env, ...more },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const log = createWriteStream(logPath, { flags: "a" });
    child.stderr?.pipe(log);
    this.#child = child;
    living.add(child);
    this.#gone = new Promise((resolve) => child.once("exit", () => resolve()));
    void this.#gone.then(() => living.delete(child));
    const ready = untilReady(child);
    const late = AbortSignal.timeout(READY_MS);
    await Promise.race([
      ready,
      this.#gone.then(() => Promise.reject(new Error(`${this.name} ended while it started: see ${logPath}`))),
      new Promise((_, reject) => late.addEventListener("abort", () => reject(new Error(`${this.name} is not ready`)))),
    ]);
  }

  /** As an orchestrator does, where it has ended by itself. */
  async startIfGone(): Promise<void> {
    if (this.#child?.exitCode !== null || this.#child.signalCode !== null) await this.start();
  }

  /** Sends a signal, without waiting for what it does. */
  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#gone;
  }

  /** Asks it to end. */
  async stop(): Promise<void> {
    this.#child?.kill("SIGTERM");
    await this.#gone;
  }
}

async function untilReady(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error("the role's output is not a pipe");
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{"event":"ready"')) return child.stdout?.resume() && undefined;
  }
  // It ended; whoever waits is told so.
  await new Promise(() => {});
}
