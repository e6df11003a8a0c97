import { type ModelFolder, readModelFolder } from "@cinedeepmatch/models";
import { type Command, InvalidArgumentError } from "commander";
import { evaluateCold } from "../../evaluation/sequences/cold.js";
import { readItemTexts } from "../../evaluation/sequences/item-texts.js";
import { evaluateNextItem } from "../../evaluation/sequences/next-item.js";
import { readLastItems, readSequences } from "../../evaluation/sequences/read-sequences.js";
import type { Scores } from "../../evaluation/sequences/score-cases.js";
import { evaluateStrong } from "../../evaluation/sequences/strong.js";
import { createProgress } from "../../importing/progress.js";
import type { LearnedModel, LearnOptions } from "../../learning/index.js";
import { startMathEngine } from "../../onnx/math-engine.js";
import { encodeItems } from "../encode-items.js";
import { loadShippedModels } from "../model-files.js";
import { writeModelFolder } from "../write-model-folder.js";
import { type CommandContext, CommandError, EXIT, EXIT_HELP, inContext, runAction } from "./command-context.js";
import { formatTable } from "./format-table.js";
import { wholeNumber } from "./parse-option.js";
import { showLearning } from "./show-learning.js";

interface SequenceFlags {
  readonly sequences: string;
  readonly items?: string;
  readonly movies?: string;
  readonly last?: string;
  readonly model?: string;
  readonly save?: string;
  readonly users?: number;
  readonly seed: number;
  readonly epochs?: number;
  readonly minutes?: number;
  readonly threads: number;
}

const HELP = `
The sequences are one user a line: items, oldest first, between spaces; plain or gzip. The items are a CSV file with the
columns item, title and genres. A model is learned from the sequences alone, saved where --save says, and what is
measured are its ONNX files. All items are ranked but those that the user has had; items with equal scores share the
mean of their ranks. Numbers after ± are standard errors. The last line printed is one JSON object.
${EXIT_HELP}`;

/** `cinedeepmatch eval next-item`, `strong` and `cold`: measure how well taste is learned, on a file of sequences. */
export function addSequenceEvaluations(evaluation: Command, context: CommandContext): void {
  const add = (
    name: string,
    description: string,
    act: (flags: SequenceFlags, context: CommandContext) => Promise<void>,
  ) =>
    inContext(evaluation.command(name), context)
      .description(description)
      .requiredOption("--sequences <file>", "what users did, one user a line")
      .option("--seed <n>", "equal seeds give equal results", wholeNumber(0, 2 ** 31), 1)
      .option("--epochs <n>", "how often the taste tower reads all sequences", wholeNumber(0, 1000))
      .option("--minutes <n>", "ends the training of the taste tower after so long", positive)
      .option("--threads <n>", "CPU threads", wholeNumber(1, 64), 2)
      .option("--save <folder>", "write the learned model there")
      .addHelpText("after", HELP)
      .action((flags: SequenceFlags) =>
        runAction(context, async () => {
          await act(flags, context);
          return EXIT.ok;
        }),
      );
  add("next-item", "each user's next item, among all others", nextItem)
    .requiredOption("--items <file>", "titles and genres")
    .option("--movies <file>", "Wikipedia data, for what the items are about")
    .option("--last <file>", "the items to be told, one for each line (default: the last item of each line)")
    .option("--model <folder>", "measure this model instead of learning one");
  add("strong", "the items of users that nothing was learned of", strong).option(
    "--users <n>",
    "users held out",
    wholeNumber(1, 1_000_000),
    600,
  );
  add("cold", "items that nothing was learned of, by their content", cold)
    .requiredOption("--items <file>", "titles and genres")
    .requiredOption("--movies <file>", "Wikipedia data, for what the items are about");
}

async function nextItem(flags: SequenceFlags, context: CommandContext): Promise<void> {
  const lines = await readSequences(flags.sequences);
  const last = flags.last === undefined ? undefined : await readLastItems(flags.last, lines.length);
  const shortest = Math.min(...lines.map(({ length }) => length));
  if (shortest < 2) throw new CommandError("A sequence has fewer than two items, so nothing can be told from it.");
  const known = last === undefined ? lines.map((line) => line.slice(0, -1)) : lines;
  const targets = last ?? lines.map((line) => line.at(-1) as string);
  const session = await startSession(flags, context);
  await using engine = startMathEngine({ threads: flags.threads });
  const { indexOf } = session.table;
  const { report, model } = await evaluateNextItem({
    ...session,
    engine,
    sequences: known.map((line) => toIndices(line, indexOf)),
    targets: toIndices(targets, indexOf),
    ...(flags.model !== undefined && { model: await readModel(flags.model) }),
  });
  await finish(flags, context, model, report, report.rows);
}

async function readModel(folder: string): Promise<ModelFolder> {
  const read = await readModelFolder(folder);
  if ("problems" in read) throw new CommandError(`${folder} is no model:\n${read.problems.join("\n")}`);
  return read;
}

async function strong(flags: SequenceFlags, context: CommandContext): Promise<void> {
  const lines = await readSequences(flags.sequences);
  const names = [...new Set(lines.flat())].sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1));
  const indexOf = new Map(names.map((name, index) => [name, index + 1]));
  const users = flags.users ?? 600;
  if (users >= lines.length) throw new CommandError("There are not so many users.", EXIT.usage);
  const sequences = lines.map((line) => toIndices(line, indexOf));
  const onProgress = showLearning(createProgress(context.stderr, false));
  await using engine = startMathEngine({ threads: flags.threads });
  const options = learnOptions(flags);
  const { report, model } = await evaluateStrong({ engine, names, sequences, users, options, onProgress });
  await finish(flags, context, model, report, report.rows);
}

async function cold(flags: SequenceFlags, context: CommandContext): Promise<void> {
  const lines = await readSequences(flags.sequences);
  const session = await startSession(flags, context);
  await using engine = startMathEngine({ threads: flags.threads });
  const sequences = lines.map((line) => toIndices(line, session.table.indexOf));
  const { report, model } = await evaluateCold({ ...session, engine, sequences });
  await finish(flags, context, model, report, report.rows);
}

function positive(text: string): number {
  const number = Number(text);
  if (text.trim() !== "" && number > 0 && number < 100_000) return number;
  throw new InvalidArgumentError("It must be a number above 0.");
}

function learnOptions({ seed, epochs, minutes, threads }: SequenceFlags): Omit<LearnOptions, "contentModel"> {
  return {
    name: "taste-evaluation",
    version: "1",
    licence: "that of the sequences",
    seed,
    threads,
    ...(epochs !== undefined && { epochs }),
    ...(minutes !== undefined && { minutes }),
  };
}

/** Encodes what the items are about. */
async function startSession(flags: SequenceFlags, context: CommandContext) {
  const progress = createProgress(context.stderr, false);
  const texts = await readItemTexts(flags.items as string, flags.movies);
  const { encoder } = await loadShippedModels();
  const table = await encodeItems(texts, progress, flags.threads);
  const contentModel = { ...encoder, dimension: table.length };
  return { table, options: { ...learnOptions(flags), contentModel }, onProgress: showLearning(progress) };
}

function toIndices(names: readonly string[], indexOf: ReadonlyMap<string, number>): Int32Array {
  return Int32Array.from(names, (name) => {
    const index = indexOf.get(name);
    if (index === undefined)
      throw new CommandError(`The sequences have an item ${name}, which is not among the items.`);
    return index;
  });
}

type Rows = Readonly<Record<string, Scores>>;

async function finish(
  flags: SequenceFlags,
  context: CommandContext,
  model: LearnedModel | undefined,
  report: object,
  rows: Rows,
) {
  if (flags.save !== undefined && model !== undefined) await writeModelFolder(flags.save, model);
  const measures = Object.keys(Object.values(rows)[0] ?? {}).filter((name) => !name.startsWith("±"));
  const columns = [{ title: "" }, ...measures.map((title) => ({ title, align: "right" as const }))];
  const cells = Object.entries(rows).map(([name, scores]) => [
    name,
    ...measures.map((measure) => `${scores[measure]?.toFixed(4)} ±${scores[`±${measure}`]?.toFixed(4)}`),
  ]);
  context.stdout.write(formatTable(columns, cells));
  context.stdout.write(`${JSON.stringify(report)}\n`);
}
