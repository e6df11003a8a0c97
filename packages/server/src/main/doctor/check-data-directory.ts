import { access, constants, readFile, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type ProcessIdentity, processState } from "../../stores/embedded/process-identity.js";
import { type Finding, findingsOf, type Patient } from "./finding.js";

const MIB = 1024 * 1024;
/** Below this, a write may fail at any time. */
const LEAST_BYTES = 256 * MIB;
/** The catalogue of 36,000 movies with its vectors and its log. */
const GOOD_BYTES = 1024 * MIB;
const { ok, warning, problem } = findingsOf("data directory");

/** Whether the server can keep its data: permissions, who has it open, space. */
export async function checkDataDirectory({ config }: Patient): Promise<readonly Finding[]> {
  const path = config.dataDirectory;
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return [await checkParent(path), ...(await checkSpace(dirname(path)))];
  if (!found.isDirectory()) {
    return [problem(`${path} is no directory.`, "Move the file away, or choose another directory with --data-dir.")];
  }
  if (!(await isWritable(path))) {
    return [
      problem(
        `${path} cannot be written by this user.`,
        `Give it to the user that runs the server: chown -R … ${path}`,
      ),
    ];
  }
  return [checkMode(path, found.mode), await checkLock(path), ...(await checkSpace(path))];
}

async function checkParent(path: string): Promise<Finding> {
  return (await isWritable(dirname(path)))
    ? ok(`${path} is not there yet; the first start makes it.`)
    : problem(`${path} is not there and cannot be made by this user.`, "Choose another directory with --data-dir.");
}

function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}

function checkMode(path: string, mode: number): Finding {
  if (process.platform === "win32" || (mode & 0o077) === 0) return ok(`${path} is there, for its owner alone.`);
  const found = (mode & 0o777).toString(8).padStart(4, "0");
  return warning(
    `Other users can reach ${path} (mode ${found}).`,
    `chmod 700 ${path}; the server does so when it starts.`,
  );
}

async function checkLock(path: string): Promise<Finding> {
  const text = await readFile(join(path, "lock"), "utf8").catch(() => undefined);
  if (text === undefined) return ok("No process has it open.");
  try {
    const holder = JSON.parse(text) as ProcessIdentity;
    const state = await processState(holder);
    if (state === "running") return ok(`The process ${holder.pid} has it open.`);
    if (state === "ended")
      return ok(`The process ${holder.pid} left it open when it ended; the next start takes it over.`);
    return warning(
      `A process of another container or machine has it open, or had (${holder.pid} there).`,
      "Never let two machines share a data directory. If that process has ended, the next start takes over after 10 seconds.",
    );
  } catch {
    return problem("Its lock cannot be read.", `If no server runs on it, remove ${join(path, "lock")}.`);
  }
}

async function checkSpace(path: string): Promise<readonly Finding[]> {
  const disk = await statfs(path).catch(() => undefined);
  if (disk === undefined) return [];
  const bytes = disk.bavail * disk.bsize;
  const free = `${Math.floor(bytes / MIB).toLocaleString("en")} MiB of the disk are free.`;
  if (bytes < LEAST_BYTES) return [problem(free, "Make room: without it, writes fail.")];
  return [bytes < GOOD_BYTES ? warning(free, "Make room before you import a large catalogue.") : ok(free)];
}
