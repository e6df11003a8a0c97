import { join } from "node:path";
import type { Command } from "commander";
import { readConfig } from "../config.js";
import {
  type CommandContext,
  CommandError,
  EXIT_HELP,
  inContext,
  processContext,
  runAction,
} from "./command-context.js";
import { readToken } from "./connection.js";
import { formatTable } from "./format-table.js";

interface QueueFlags {
  readonly url?: string;
  readonly token?: string;
  readonly dataDir?: string;
}

/** A lane as the operations port shows it. */
interface Lane {
  readonly name: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly jobs: readonly Batch[];
}

interface Batch {
  readonly id: string;
  readonly data: { readonly requests: number; readonly queuedAt: string | null };
  readonly failedReason?: string;
  readonly finishedOn?: number;
}

const DEFAULT_URL = "http://127.0.0.1:9091";
const MOST_SHOWN = 100;

const HELP = `
A dead letter is a batch of requests that no worker survived: three died over it, or ran into its locks' ends. It is kept
for a day. What it holds stays sealed. Trying it again does what is still in time; the rest is dropped.

Asks the operations port, or a gateway that forwards /admin, with a token that has the scope ops:admin.
${EXIT_HELP}`;

/** `cinedeepmatch queue status|dead|retry`: how full the lanes are, and what became of what nobody could do. */
export function addQueueCommand(program: Command, context: CommandContext = processContext): void {
  const queue = inContext(program.command("queue").description("look at the queue and its dead letters"), context);
  const add = (name: string, description: string) =>
    inContext(queue.command(name), context)
      .description(description)
      .option("--url <url>", `operations port of the server (default: $CINEDEEPMATCH_OPS_URL or ${DEFAULT_URL})`)
      .option("--token <token>", "token to ask with (default: $CINEDEEPMATCH_TOKEN or the file token in --data-dir)")
      .option("--data-dir <folder>", "data directory of a server here (default: $CINEDEEPMATCH_DATA_DIR or ./.data)")
      .addHelpText("after", HELP);
  add("status", "show how full each lane is").action((flags: QueueFlags) =>
    runAction(context, () => showLanes(flags, context)),
  );
  add("dead", "list the dead letters").action((flags: QueueFlags) =>
    runAction(context, () => listDeadLetters(flags, context)),
  );
  add("retry [id]", "try all dead letters again, or one").action((id: string | undefined, flags: QueueFlags) =>
    runAction(context, () => retryDeadLetters(id, flags, context)),
  );
}

async function showLanes(flags: QueueFlags, context: CommandContext): Promise<undefined> {
  const columns = [
    { title: "Lane" },
    ...["Waiting", "Active", "Dead"].map((title) => ({ title, align: "right" as const })),
  ];
  const rows = (await readLanes(flags, context)).map(({ name, counts }) => {
    const count = (...states: string[]) => `${states.reduce((sum, state) => sum + (counts[state] ?? 0), 0)}`;
    return [laneOf(name), count("waiting", "prioritized", "paused"), count("active"), count("failed")];
  });
  context.stdout.write(formatTable(columns, rows));
}

async function listDeadLetters(flags: QueueFlags, context: CommandContext): Promise<undefined> {
  const dead = await readDeadLetters(flags, context);
  if (dead.length === 0) {
    context.stdout.write("There are no dead letters.\n");
    return;
  }
  const columns = [
    { title: "Lane" },
    { title: "Id" },
    { title: "Requests", align: "right" as const },
    { title: "Queued" },
    { title: "Given up" },
    { title: "Why", maxWidth: 60 },
  ];
  const rows = dead.map(({ lane, id, data, finishedOn, failedReason = "" }) => {
    const givenUp = finishedOn === undefined ? "" : new Date(finishedOn).toISOString();
    return [laneOf(lane), id, `${data.requests}`, data.queuedAt ?? "", givenUp, failedReason];
  });
  context.stdout.write(formatTable(columns, rows));
}

async function retryDeadLetters(id: string | undefined, flags: QueueFlags, context: CommandContext) {
  const dead = (await readDeadLetters(flags, context)).filter((batch) => id === undefined || batch.id === id);
  if (id !== undefined && dead.length === 0) throw new CommandError(`There is no dead letter with the id "${id}".`);
  for (const batch of dead) {
    await ask(flags, context, "PUT", `/${batch.lane}/${encodeURIComponent(batch.id)}/retry`);
  }
  context.stdout.write(`Trying ${dead.length === 1 ? "1 dead letter" : `${dead.length} dead letters`} again.\n`);
  return undefined;
}

async function readDeadLetters(flags: QueueFlags, context: CommandContext) {
  const lanes = await readLanes(flags, context);
  const pages = lanes.map(async ({ name, counts }) => {
    if ((counts.failed ?? 0) === 0) return [];
    const query = `?activeQueue=${name}&status=failed&page=1&jobsPerPage=${MOST_SHOWN}`;
    const found = (await readLanes(flags, context, query)).find((lane) => lane.name === name);
    return (found?.jobs ?? []).map((batch) => ({ lane: name, ...batch }));
  });
  return (await Promise.all(pages)).flat();
}

async function readLanes(flags: QueueFlags, context: CommandContext, query = ""): Promise<readonly Lane[]> {
  return ((await (await ask(flags, context, "GET", query)).json()) as { queues: readonly Lane[] }).queues;
}

async function ask(flags: QueueFlags, { env }: CommandContext, method: string, path: string): Promise<Response> {
  const config = readConfig({ ...env, ...(flags.dataDir && { CINEDEEPMATCH_DATA_DIR: flags.dataDir }) });
  const url = flags.url ?? (env.CINEDEEPMATCH_OPS_URL || DEFAULT_URL);
  const token = flags.token ?? (env.CINEDEEPMATCH_TOKEN || (await readToken(join(config.dataDirectory, "token"))));
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  let answer: Response;
  try {
    answer = await fetch(new URL(`/admin/queues/api/queues${path}`, url), { method, headers });
  } catch {
    throw new CommandError(`No server answers at ${url}. Name its operations port with --url.`);
  }
  if (answer.status === 401 || answer.status === 403) {
    throw new CommandError(`${url} wants a token with the scope ops:admin: give one with --token.`);
  }
  if (!answer.ok) throw new CommandError(`${url} answers ${answer.status}. Is it the server's operations port?`);
  return answer;
}

function laneOf(queue: string): string {
  return queue.replace(/^match-/, "");
}
