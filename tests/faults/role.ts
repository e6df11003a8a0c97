import { createWriteStream } from "node:fs";
import { type SpawnedRole, spawnRole } from "../spawn-role.js";

const READY_MS = 60_000;

/** How a process of ours is started, each time anew. */
export interface RoleOptions {
  readonly name: string;
  /** Of `serve`. */
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Its standard error, of all its lives. */
  readonly logPath: string;
}

/** A process of ours that is killed and started again. */
export class Role {
  readonly name: string;
  readonly #options: RoleOptions;
  #life: SpawnedRole | undefined;

  constructor(options: RoleOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /** Resolves when it says that it is ready. */
  async start(more: Readonly<Record<string, string>> = {}): Promise<void> {
    const { flags, env, logPath } = this.#options;
    const log = createWriteStream(logPath, { flags: "a" });
    const late = AbortSignal.timeout(READY_MS);
    this.#life = await Promise.race([
      spawnRole(flags, { LOG_LEVEL: "info", ...env, ...more }, log),
      new Promise<never>((_, reject) => {
        late.addEventListener("abort", () => reject(new Error(`${this.name} is not ready: see ${logPath}`)));
      }),
    ]);
  }

  /** As an orchestrator does, where it has ended by itself. */
  async startIfGone(): Promise<void> {
    const { exitCode = null, signalCode = null } = this.#life?.child ?? {};
    if (this.#life === undefined || exitCode !== null || signalCode !== null) await this.start();
  }

  /** Sends a signal, without waiting for what it does. */
  signal(name: NodeJS.Signals): void {
    this.#life?.child.kill(name);
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    await this.#life?.kill();
  }

  /** Asks it to end. */
  async stop(): Promise<void> {
    await this.#life?.stop();
  }
}
