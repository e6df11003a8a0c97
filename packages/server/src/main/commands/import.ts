import type { NodeClient } from "@cinedeepmatch/sdk-node";
import { type Command, Option } from "commander";
import { type ImportSummary, importFile } from "../../importing/import-file.js";
import { IMPORT_FORMATS, type ImportFormatName } from "../../importing/import-formats.js";
import { createProgress } from "../../importing/progress.js";
import type { ImportProblem } from "../../importing/row-tally.js";
import { type CommandContext, EXIT, EXIT_HELP, inContext, processContext, runAction } from "./command-context.js";
import { addConnectionOptions, type ConnectionFlags, withClient } from "./connection.js";

const MAX_PROBLEMS_IN_JSON = 100;

interface ImportFlags extends ConnectionFlags {
  readonly format?: ImportFormatName;
  readonly merge?: boolean;
  readonly wait: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

const HELP = `
Formats, told apart by what is in the file:
  ndjson     a movie a line, as the API's JSON has it
  wikipedia  the JSON array of github.com/prust/wikipedia-movie-data
  movielens  a MovieLens folder: movies.csv, and ratings.csv as activity
Files may be packed with gzip.

An import that is interrupted goes on where it stopped when the same command is given again. Bad rows are reported
and left out; the others are imported.
${EXIT_HELP}  3  done, but some rows were rejected
`;

/** `cinedeepmatch import`: brings a file of movies into the catalogue. */
export function addImportCommand(program: Command, context: CommandContext = processContext): void {
  const command = program
    .command("import")
    .description("import a file of movies")
    .argument("<path>", "file or MovieLens folder")
    .addOption(new Option("--format <format>", "format of the file").choices(Object.keys(IMPORT_FORMATS)))
    .option("--merge", "fill in only what movies lack that are there already (always so for movielens)")
    .option("--no-wait", "do not wait until the model has encoded the movies")
    .option("--quiet", "show no progress")
    .option("--json", "print what came of it as one JSON object, and nothing else");
  addConnectionOptions(inContext(command, context))
    .addHelpText("after", HELP)
    .action((path: string, flags: ImportFlags) =>
      runAction(context, () => withClient(flags, context.env, (client) => importInto(client, path, flags, context))),
    );
}

async function importInto(client: NodeClient, path: string, flags: ImportFlags, context: CommandContext) {
  const progress = createProgress(context.stderr, flags.quiet === true || flags.json === true);
  const problems: ImportProblem[] = [];
  const onProblem = (problem: ImportProblem) => {
    if (!flags.json) progress.note(`${problem.file}:${problem.row}: ${problem.problem}`);
    else if (problems.length < MAX_PROBLEMS_IN_JSON) problems.push(problem);
  };
  const { format, merge, wait } = flags;
  const summary = await importFile({ client, path, format, merge, wait, progress, onProblem });
  context.stdout.write(flags.json ? `${JSON.stringify({ ...summary, problems })}\n` : describe(summary));
  return summary.movies.rejected + (summary.ratings?.rejected ?? 0) > 0 ? EXIT.partly : EXIT.ok;
}

function describe({ movies, ratings, catalogue }: ImportSummary): string {
  const resumed = movies.resumedAfterRow > 0 ? `; went on after row ${readable(movies.resumedAfterRow)}` : "";
  const lines = [
    `${count(movies.rows, "row")}: ${count(movies.created, "movie")} created, ${readable(movies.updated)} updated, ` +
      `${readable(movies.rejected)} rejected${resumed}.`,
  ];
  if (ratings !== undefined) {
    const [recorded, duplicates, rejected] = [ratings.recorded, ratings.duplicates, ratings.rejected].map(readable);
    lines.push(
      `${count(ratings.rows, "rating")}: ${recorded} recorded, ${duplicates} recorded before, ${rejected} rejected.`,
    );
  }
  if (catalogue !== undefined) {
    lines.push(`The catalogue has ${count(catalogue.movies, "movie")}; ${readable(catalogue.encoded)} can be matched.`);
  }
  return `${lines.join("\n")}\n`;
}

function count(number: number, noun: string): string {
  return `${readable(number)} ${noun}${number === 1 ? "" : "s"}`;
}

function readable(number: number): string {
  return number.toLocaleString("en");
}
