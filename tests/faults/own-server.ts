import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createWriteStream, existsSync, readdirSync } from "node:fs";
import { chown, mkdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../free-port.js";

const NOBODY = 65_534;
const living = new Set<OwnServer>();
// Whatever ends the run, nothing of it is left behind.
process.on("exit", () => {
  for (const server of living) server.signal("SIGKILL");
});

/** A store's server that belongs to the run, which may do to it what it likes. */
export class OwnServer {
  readonly port: number;
  readonly #command: readonly string[];
  readonly #logPath: string;
  readonly #asNobody: boolean;
  #child: ChildProcess | undefined;
  #gone: Promise<void> = Promise.resolve();

  constructor(port: number, command: readonly string[], options: { logPath: string; asNobody?: boolean }) {
    this.port = port;
    this.#command = command;
    this.#logPath = options.logPath;
    this.#asNobody = options.asNobody === true;
  }

  /** Resolves when it accepts connections. */
  async start(): Promise<void> {
    const [program = "", ...args] = this.#command;
    // A group of its own, because PostgreSQL is several processes.
    const identity = this.#asNobody && process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    const child = spawn(program, args, { detached: true, stdio: ["ignore", "pipe", "pipe"], ...identity });
    const log = createWriteStream(this.#logPath, { flags: "a" });
    child.stdout?.pipe(log);
    child.stderr?.pipe(log);
    this.#child = child;
    living.add(this);
    this.#gone = new Promise((resolve) => child.once("exit", () => resolve()));
    void this.#gone.then(() => living.delete(this));
    for (let waited = 0; waited < 30_000; waited += 50) {
      if (await accepts(this.port)) return;
      if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}: see ${this.#logPath}`);
      await sleep(50);
    }
    throw new Error(`${program} does not listen: see ${this.#logPath}`);
  }

  /** To all its processes. */
  signal(name: NodeJS.Signals): void {
    if (this.#child?.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    process.kill(-this.#child.pid, name);
  }

  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.#gone;
  }

  /** @param signal PostgreSQL ends at once, and in order, with SIGINT to its first process */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    this.#child?.kill(signal);
    await this.#gone;
  }
}

/** Redis with an append-only file. */
export async function redisServer(folder: string): Promise<OwnServer> {
  const port = await freePort();
  const data = join(folder, "redis");
  await mkdir(data);
  const command = ["redis-server", "--bind", "127.0.0.1", "--port", `${port}`, "--dir", data, "--save", ""];
  return new OwnServer(port, [...command, "--appendonly", "yes", "--maxmemory-policy", "noeviction"], {
    logPath: join(folder, "redis.log"),
  });
}

/** PostgreSQL, which refuses to run as root. */
export async function postgresServer(folder: string): Promise<OwnServer> {
  const port = await freePort();
  const bin = postgresPrograms() ?? "";
  const data = join(folder, "postgres");
  await mkdir(data);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await chown(data, NOBODY, NOBODY);
  const identity = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const options = ["--pgdata", data, "--username", "faults", "--auth", "trust", "--encoding", "UTF8", "--no-locale"];
  execFileSync(join(bin, "initdb"), options, { cwd: data, stdio: "ignore", ...identity });
  // Processes are killed here, not the machine, so that what was written need not be forced to the disk.
  const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"];
  const command = [join(bin, "postgres"), "-D", data, "-p", `${port}`, ...settings.flatMap((each) => ["-c", each])];
  return new OwnServer(port, command, { logPath: join(folder, "postgres.log"), asNobody: true });
}

/** Where Debian keeps PostgreSQL's programs, out of the PATH. */
export function postgresPrograms(): string | undefined {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(root, version, "bin")).find((bin) => existsSync(join(bin, "initdb")));
}

/** What speaks MongoDB's protocol; see .ci/wire-server. WIRE_SERVER names it where it is built already. */
export async function mongoServer(folder: string): Promise<OwnServer> {
  const program = process.env.WIRE_SERVER || join(folder, "wire-server");
  if (!existsSync(program)) {
    const cwd = fileURLToPath(new URL("../../.ci/wire-server", import.meta.url));
    execFileSync("go", ["build", "-buildvcs=false", "-o", program, "."], { cwd, stdio: "inherit" });
  }
  const port = await freePort();
  const data = join(folder, "mongo");
  await mkdir(data);
  return new OwnServer(port, [program, `127.0.0.1:${port}`, data], { logPath: join(folder, "mongo.log") });
}

async function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(socket.destroy() && true));
    socket.once("error", () => resolve(false));
  });
}
