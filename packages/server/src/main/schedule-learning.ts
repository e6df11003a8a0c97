import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants, setPriority } from "node:os";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import type { TokenIssuer } from "../accounts/token-issuer.js";
import { Leadership } from "../matching/leadership.js";
import type { OpenStores } from "./open-stores.js";
import { type Closable, Teardown } from "./teardown.js";

/** What learning on a schedule needs. */
export interface LearningSchedule {
  /** After how many days a tenant's model is learned anew; undefined for never. */
  readonly everyDays: number | undefined;
  readonly stores: Pick<OpenStores, "catalog" | "models" | "leases">;
  readonly issuer: TokenIssuer;
  /** The gRPC server that the activity is read from. */
  readonly url: string;
  readonly cli?: string;
}

const CLI = fileURLToPath(new URL("./cli.js", import.meta.url));
const SUBJECT = "learning";
const SCOPES = ["activity:admin", "model:read", "model:admin"];
const DAY_MS = 24 * 60 * 60_000;
const LOOK_AGAIN_MS = 60 * 60_000;
const TOKEN_LIFE_MS = 6 * 60 * 60_000;
const HISTORY = 200;

/**
 * Has a model learned for each tenant from time to time: by `cinedeepmatch learn` in a process of its own, with low
 * priority, one after the other. Of servers that share their stores one does it.
 */
export function scheduleLearning(schedule: LearningSchedule, log: Logger): Closable {
  const { everyDays, stores } = schedule;
  const teardown = new Teardown();
  if (everyDays === undefined) return teardown;
  const { leases } = stores;
  const leadership = leases && teardown.add(new Leadership({ leases, name: "learning", log }));
  const stop = new AbortController();
  const tried = new Map<string, number>();
  let round = Promise.resolve();
  const look = async () => {
    if (leadership?.isLeader === false) return;
    for (const tenant of await stores.catalog.tenants()) {
      if (stop.signal.aborted) return;
      if (!(await isDue(schedule, tenant, tried.get(tenant), everyDays * DAY_MS))) continue;
      tried.set(tenant, Date.now());
      await learnOnce(schedule, tenant, stop.signal, log);
    }
  };
  const next = () => {
    round = round.then(look).catch((err: unknown) => log.warn({ err }, "no model can be learned now"));
  };
  const timer = setInterval(next, LOOK_AGAIN_MS);
  timer.unref();
  teardown.add({
    async close() {
      clearInterval(timer);
      stop.abort();
      await round;
    },
  });
  next();
  return teardown;
}

/** Whether the last model learned for a tenant, or the last try of this process, is that long ago. */
async function isDue(
  { stores }: LearningSchedule,
  tenant: string,
  triedAt: number | undefined,
  everyMs: number,
): Promise<boolean> {
  const history = await stores.models.history(tenant, HISTORY);
  const learned = history.find(({ action, subject }) => action === "register" && subject === SUBJECT)?.at ?? 0;
  return Date.now() - Math.max(learned, triedAt ?? 0) >= everyMs;
}

async function learnOnce(
  { issuer, url, cli = CLI }: LearningSchedule,
  tenant: string,
  signal: AbortSignal,
  log: Logger,
): Promise<void> {
  const expiresAt = Date.now() + TOKEN_LIFE_MS;
  const { token } = await issuer.issue({ subject: SUBJECT, tenant, scopes: SCOPES, expiresAt });
  // Only what it needs: the token not among the arguments, which every user of a machine can read.
  const env = { CINEDEEPMATCH_TOKEN: token };
  const args = [cli, "learn", "--url", url, "--threads", "1", "--json"];
  const child = spawn(process.execPath, args, { env, signal, stdio: ["ignore", "pipe", "pipe"] });
  const [said, complained] = [tail(child.stdout), tail(child.stderr)];
  lowerPriority(child);
  try {
    const [code] = await once(child, "exit");
    if (code === 0) log.info({ tenant, learned: JSON.parse(said()) }, "a model was learned");
    else log.warn({ tenant, code, why: complained().trim().split("\n").at(-1) }, "no model was learned");
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function lowerPriority({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // Then it learns at the server's own priority.
  }
}

const MOST_KEPT = 20_000;

/** The end of what a stream says. */
function tail(stream: NodeJS.ReadableStream | null): () => string {
  let kept = "";
  stream?.setEncoding("utf8").on("data", (text: string) => {
    kept = (kept + text).slice(-MOST_KEPT);
  });
  return () => kept;
}
