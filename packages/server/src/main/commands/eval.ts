import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { createClient } from "@cinedeepmatch/sdk-node";
import type { Command } from "commander";
import { askKnownItems } from "../../evaluation/known-item.js";
import { readKnownItemQueries, sample } from "../../evaluation/known-item-query.js";
import { reportKnownItems, reportRows } from "../../evaluation/known-item-report.js";
import { type SpawnedServer, spawnServer } from "../../evaluation/spawn-server.js";
import { digestFile } from "../../importing/digest-file.js";
import { importFile } from "../../importing/import-file.js";
import { createProgress, type Progress } from "../../importing/progress.js";
import { readConfig } from "../config.js";
import {
  type CommandContext,
  CommandError,
  EXIT,
  EXIT_HELP,
  inContext,
  processContext,
  runAction,
} from "./command-context.js";
import { addActivityEvaluation } from "./eval-activity.js";
import { addExplanationEvaluation } from "./eval-explanations.js";
import { addSequenceEvaluations } from "./eval-sequences.js";
import { explainFailure } from "./explain-failure.js";
import { formatTable } from "./format-table.js";
import { wholeNumber } from "./parse-option.js";

interface KnownItemFlags {
  readonly movies?: string;
  readonly queries: string;
  readonly url?: string;
  readonly token?: string;
  readonly limit?: number;
  readonly workDir?: string;
}

const CLI = fileURLToPath(new URL("../cli.js", import.meta.url));

const HELP = `
Without --url it starts a server of its own, imports the movies where that has not been done, waits until the model has
encoded them, asks and stops the server again. The imported catalogue stays in --work-dir for the next run.

With --url instead of --movies it asks that gateway, whose catalogue must have the movies already.

The queries are JSON lines: {"query", "style", "tier", "title", "year", "href"}. The last line printed is one JSON object.
${EXIT_HELP}`;

/** `cinedeepmatch eval`: measures how well movies are found. */
export function addEvalCommand(program: Command, context: CommandContext = processContext, cli: string = CLI): void {
  const evaluation = inContext(
    program.command("eval").description("measure how well movies are found and taste is told"),
    context,
  );
  inContext(evaluation.command("known-item"), context)
    .description("send queries that people wrote with one movie in mind, and see at which rank it comes")
    .option("--movies <file>", "the movies, in a file that import knows; not with --url")
    .requiredOption("--queries <file>", "the queries")
    .option("--url <url>", "gateway to ask instead of a server of its own")
    .option("--token <token>", "token for --url (default: $CINEDEEPMATCH_TOKEN)")
    .option("--limit <n>", "ask only so many of the queries, evenly spread over the file", wholeNumber(1, 1_000_000))
    .option("--work-dir <folder>", "where its own servers keep their catalogues (default: eval in the data directory)")
    .addHelpText("after", HELP)
    .action((flags: KnownItemFlags) => runAction(context, () => evaluate(flags, context, cli)));
  addSequenceEvaluations(evaluation, context);
  addExplanationEvaluation(evaluation, context);
  addActivityEvaluation(evaluation, context);
}

async function evaluate(flags: KnownItemFlags, context: CommandContext, cli: string): Promise<number> {
  if ((flags.url === undefined) === (flags.movies === undefined)) {
    throw new CommandError("Give either --movies for a server of its own, or --url.", EXIT.usage);
  }
  const progress = createProgress(context.stderr, false);
  const all = await readKnownItemQueries(flags.queries);
  const queries = sample(all, flags.limit ?? all.length);
  const token = flags.token ?? context.env.CINEDEEPMATCH_TOKEN;
  await using server = flags.movies === undefined ? undefined : await startServer(flags.movies, flags, context, cli);
  const url = flags.url ?? server?.gatewayUrl ?? "";
  try {
    if (server !== undefined && flags.movies !== undefined) await importMovies(server, flags.movies, progress);
    const client = createClient({ baseUrl: url, token: server?.token ?? token, timeoutMs: 30_000 });
    const task = progress.begin("Asking   ", "queries", queries.length);
    let asked = 0;
    const outcomes = await askKnownItems(client, queries, () => task.update(++asked, asked)).finally(task.end);
    const report = reportKnownItems(outcomes);
    const right = (title: string) => ({ title, align: "right" as const });
    const columns = [{ title: "Known item" }, ...["Queries", "Success@1", "@10", "@100", "MRR"].map(right)];
    context.stdout.write(formatTable(columns, reportRows(report)));
    context.stdout.write(`Latency: median ${report.latencyMs.median} ms, 95% within ${report.latencyMs.p95} ms\n`);
    context.stdout.write(`${JSON.stringify(report)}\n`);
    return EXIT.ok;
  } catch (error) {
    throw explainFailure(error, { url, port: 8080, tokenFile: "--token", hasToken: true });
  }
}

/** Each file of movies has a server of its own, so that a catalogue is never a mixture. */
async function startServer(movies: string, { workDir }: KnownItemFlags, { env, stderr }: CommandContext, cli: string) {
  const folder = resolve(workDir ?? join(readConfig(env).dataDirectory, "eval"), await digestFile(movies));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  stderr.write(`Starting a server whose catalogue is in ${folder}\n`);
  try {
    return await spawnServer(cli, folder, env);
  } catch (error) {
    throw new CommandError((error as Error).message);
  }
}

async function importMovies({ grpcUrl, token }: SpawnedServer, movies: string, progress: Progress): Promise<void> {
  const client = createClient({ baseUrl: grpcUrl, token, protocol: "grpc", timeoutMs: 30_000 });
  await importFile({
    client,
    path: movies,
    progress,
    onProblem: ({ file, row, problem }) => progress.note(`${file}:${row}: ${problem}`),
  });
}
