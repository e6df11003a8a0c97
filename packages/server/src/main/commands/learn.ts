import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ModelFolder } from "@cinedeepmatch/models";
import type { NodeClient } from "@cinedeepmatch/sdk-node";
import { type Command, InvalidArgumentError } from "commander";
import { createProgress } from "../../importing/progress.js";
import { modelKey } from "../../matching/taste-models.js";
import { type Candidate, fetchActive, learnDeployment } from "../learning/learn-deployment.js";
import { readDeployment } from "../learning/read-deployment.js";
import {
  type CommandContext,
  CommandError,
  EXIT_HELP,
  inContext,
  processContext,
  runAction,
} from "./command-context.js";
import { addConnectionOptions, type ConnectionFlags, withClient } from "./connection.js";
import { formatTable } from "./format-table.js";
import { wholeNumber } from "./parse-option.js";
import { sendModel } from "./send-model.js";
import { showLearning } from "./show-learning.js";

interface LearnFlags extends ConnectionFlags {
  readonly name: string;
  readonly modelVersion?: string;
  readonly licence: string;
  readonly epochs?: number;
  readonly minutes?: number;
  readonly threads: number;
  readonly testShare: number;
  readonly cases: number;
  readonly save?: string;
  readonly register: boolean;
  readonly activate: boolean;
  readonly json?: boolean;
}

const HELP = `
It reads the tenant's activity and the movies' vectors from the server, learns from all but the latest part, and compares
the model on that part with the one that answers now, with likeness of content and with popularity (paired bootstrap over
users). The model is registered with its card, and activated only if it is significantly better than all of them; then
what it counts is counted anew from all activity first.
Needs a token with the scopes activity:admin, model:read and model:admin.
${EXIT_HELP}`;

/** `cinedeepmatch learn`: makes a taste model of a deployment's own activity. */
export function addLearnCommand(program: Command, context: CommandContext = processContext): void {
  const command = inContext(program.command("learn"), context)
    .description("learn a taste model from the activity of a server's users")
    .option("--name <name>", "what to call the model", "taste")
    .option("--model-version <version>", "its version (default: date and time)")
    .option("--licence <spdx>", "the licence of what is learned", "LicenseRef-own-activity")
    .option("--epochs <n>", "how often the taste tower reads all activity", wholeNumber(0, 1000))
    .option("--minutes <n>", "ends the training of the taste tower after so long", wholeNumber(1, 10_000))
    .option("--threads <n>", "CPU threads", wholeNumber(1, 64), 2)
    .option("--test-share <share>", "the share of the events, the latest, to compare on", toShare, 0.1)
    .option("--cases <n>", "how many events to compare on at most", wholeNumber(50, 100_000), 1_000)
    .option("--save <folder>", "write the model there as well")
    .option("--no-register", "only learn and compare")
    .option("--no-activate", "register, but do not activate")
    .option("--json", "print what came of it as JSON");
  addConnectionOptions(command)
    .addHelpText("after", HELP)
    .action((flags: LearnFlags) => runAction(context, () => run(flags, context)));
}

async function run(flags: LearnFlags, context: CommandContext): Promise<undefined> {
  await withClient(flags, context.env, async (client) => {
    const candidate = await makeCandidate(client, flags, context);
    if (flags.save !== undefined) await save(flags.save, candidate.model);
    const registered = flags.register;
    const activated = registered && flags.activate && candidate.comparison.better;
    if (registered) await sendModel(client, candidate.model, { labels: { learned: "true" } });
    const { name, version } = candidate.model.manifest;
    if (activated) await client.models.activate({ name, version });
    report(candidate, { registered, activated }, flags, context);
  });
}

async function makeCandidate(client: NodeClient, flags: LearnFlags, { stderr }: CommandContext): Promise<Candidate> {
  const progress = createProgress(stderr, false);
  const [data, active] = [await readDeployment(client, progress), await fetchActive(client)];
  const version = flags.modelVersion ?? new Date().toISOString().replaceAll(/[-:]/g, "").slice(0, 15);
  try {
    return await learnDeployment(data, active, { ...flags, version }, { progress, onProgress: showLearning(progress) });
  } catch (error) {
    if (error instanceof RangeError) throw new CommandError(`Nothing can be learned: ${error.message}`);
    throw error;
  }
}

async function save(folder: string, { manifest, files }: ModelFolder): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
  await writeFile(join(folder, "manifest.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

function report(
  { model, learned, comparison }: Candidate,
  done: { registered: boolean; activated: boolean },
  flags: LearnFlags,
  { stdout }: CommandContext,
): void {
  const name = modelKey(model.manifest);
  if (flags.json) {
    const { seconds, events, users, movies } = learned.report;
    stdout.write(`${JSON.stringify({ model: name, ...done, seconds, events, users, movies, comparison })}\n`);
    return;
  }
  const right = (title: string) => ({ title, align: "right" as const });
  const columns = [{ title: "Next item" }, ...["NDCG@10", "HR@10", "Better by", "95% from", "to"].map(right)];
  const { candidate, rivals } = comparison;
  const cells = rivals.map(({ name: rival, scores, candidateIsBetterBy: by }) => [
    rival,
    ...[scores["ndcg@10"], scores["hr@10"], by.difference, by.low, by.high].map((value) => value.toFixed(4)),
  ]);
  const own = [name, candidate["ndcg@10"].toFixed(4), candidate["hr@10"].toFixed(4), "", "", ""];
  stdout.write(formatTable(columns, [own, ...cells]));
  const state = done.activated
    ? "registered and activated"
    : done.registered
      ? "registered, not activated"
      : "not registered";
  stdout.write(`${name} is ${comparison.better ? "" : "not "}significantly better than all of them: ${state}.\n`);
}

function toShare(text: string): number {
  const share = Number(text);
  if (share > 0 && share < 1) return share;
  throw new InvalidArgumentError("It must be between 0 and 1.");
}
