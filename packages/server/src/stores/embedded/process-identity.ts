import { randomUUID } from "node:crypto";
import { readFile, readlink } from "node:fs/promises";

/** Tells one run of a process from every other, also from a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the process started, in the system's own terms; empty where the system does not say. */
  readonly startTime: string;
  /** The boot and the pid namespace (container) that the pid belongs to; empty where the system does not say. */
  readonly namespace: string;
  /** Unique for each identity made. */
  readonly token: string;
}

/** An identity of this process, with a new token. */
export async function identifyThisProcess(): Promise<ProcessIdentity> {
  return {
    pid: process.pid,
    startTime: (await startTimeOf(process.pid)) ?? "",
    namespace: await pidNamespace(),
    token: randomUUID(),
  };
}

/** Whether a process still runs; "elsewhere" when its pid means nothing here, as that of another container. */
export async function processState(identity: ProcessIdentity): Promise<"running" | "ended" | "elsewhere"> {
  if (identity.namespace !== (await pidNamespace())) return "elsewhere";
  if (!isRunning(identity.pid)) return "ended";
  const startTime = (await startTimeOf(identity.pid)) ?? "";
  return startTime === identity.startTime ? "running" : "ended";
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, but belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Clock ticks from boot to the process's start. Only Linux tells; elsewhere a reused pid cannot be noticed. */
async function startTimeOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  const state = fields?.[0];
  // A zombie has ended and only waits for its parent to notice.
  return state === "Z" || state === "X" ? undefined : fields?.[19];
}

async function pidNamespace(): Promise<string> {
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  const namespace = await readlink("/proc/self/ns/pid").catch(() => "");
  return `${boot.trim()} ${namespace}`.trim();
}
