import type { Command } from "commander";
import {
  type CommandContext,
  CommandError,
  EXIT_HELP,
  inContext,
  processContext,
  runAction,
} from "./command-context.js";
import type { ConnectionFlags } from "./connection.js";
import { formatTable } from "./format-table.js";
import { addOperationsOptions, askOperations } from "./operations-connection.js";

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
    addOperationsOptions(inContext(queue.command(name), context).description(description)).addHelpText("after", HELP);
  add("status", "show how full each lane is").action((flags: ConnectionFlags) =>
    runAction(context, () => showLanes(flags, context)),
  );
  add("dead", "list the dead letters").action((flags: ConnectionFlags) =>
    runAction(context, () => listDeadLetters(flags, context)),
  );
  add("retry [id]", "try all dead letters again, or one").action((id: string | undefined, flags: ConnectionFlags) =>
    runAction(context, () => retryDeadLetters(id, flags, context)),
  );
}

async function showLanes(flags: ConnectionFlags, context: CommandContext): Promise<undefined> {
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

async function listDeadLetters(flags: ConnectionFlags, context: CommandContext): Promise<undefined> {
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

async function retryDeadLetters(id: string | undefined, flags: ConnectionFlags, context: CommandContext) {
  const dead = (await readDeadLetters(flags, context)).filter((batch) => id === undefined || batch.id === id);
  if (id !== undefined && dead.length === 0) throw new CommandError(`There is no dead letter with the id "${id}".`);
  for (const batch of dead) {
    await ask(flags, context, "PUT", `/${batch.lane}/${encodeURIComponent(batch.id)}/retry`);
  }
  context.stdout.write(`Trying ${dead.length === 1 ? "1 dead letter" : `${dead.length} dead letters`} again.\n`);
  return undefined;
}

async function readDeadLetters(flags: ConnectionFlags, context: CommandContext) {
  const lanes = await readLanes(flags, context);
  const pages = lanes.map(async ({ name, counts }) => {
    if ((counts.failed ?? 0) === 0) return [];
    const query = `?activeQueue=${name}&status=failed&page=1&jobsPerPage=${MOST_SHOWN}`;
    const found = (await readLanes(flags, context, query)).find((lane) => lane.name === name);
    return (found?.jobs ?? []).map((batch) => ({ lane: name, ...batch }));
  });
  return (await Promise.all(pages)).flat();
}

async function readLanes(flags: ConnectionFlags, context: CommandContext, query = ""): Promise<readonly Lane[]> {
  return ((await (await ask(flags, context, "GET", query)).json()) as { queues: readonly Lane[] }).queues;
}

async function ask(flags: ConnectionFlags, context: CommandContext, method: string, path: string): Promise<Response> {
  const otherwise = "Name its operations port with --url.";
  const { answer, url } = await askOperations(flags, context, {
    path: `/admin/queues/api/queues${path}`,
    method,
    otherwise,
  });
  if (!answer.ok) throw new CommandError(`${url} answers ${answer.status}. Is it the server's operations port?`);
  return answer;
}

function laneOf(queue: string): string {
  return queue.replace(/^match-/, "");
}
