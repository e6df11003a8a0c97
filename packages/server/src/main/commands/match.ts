import { toJson } from "@bufbuild/protobuf";
import { type MatchResponse, MatchResponseSchema, type MatchResult } from "@cinedeepmatch/contract";
import type { Command } from "commander";
import {
  type CommandContext,
  CommandError,
  EXIT,
  EXIT_HELP,
  inContext,
  processContext,
  runAction,
} from "./command-context.js";
import { addConnectionOptions, type ConnectionFlags, withClient } from "./connection.js";
import { formatTable, plain } from "./format-table.js";
import { addFilterOptions, type FilterFlags, toFilter } from "./movie-filter.js";
import { repeated, wholeNumber } from "./parse-option.js";

interface MatchFlags extends ConnectionFlags, FilterFlags {
  readonly like?: string[];
  readonly dislike?: string[];
  readonly user?: string;
  readonly explain?: boolean;
  readonly limit: number;
  readonly json?: boolean;
}

const HELP = `
Text, examples and a user's taste may be mixed:
  $ cinedeepmatch match a clownfish father searches the ocean
  $ cinedeepmatch match --like alien-1979 --dislike cats-2019 --from 1980
  $ cinedeepmatch match something light --user ada --genre Comedy --explain
${EXIT_HELP}`;

/** `cinedeepmatch match`: matches movies by text, by example and by taste. */
export function addMatchCommand(program: Command, context: CommandContext = processContext): void {
  const command = program
    .command("match")
    .description("match movies by text, by example and by taste")
    .argument("[text...]", "what the movie is about, is called, or who is in it")
    .option("--like <id>", "id of a movie that is liked; may be given several times", repeated)
    .option("--dislike <id>", "id of a movie that is not liked; may be given several times", repeated)
    .option("--user <id>", "user whose recorded activity counts");
  addFilterOptions(inContext(command, context))
    .option("--explain", "say why each movie is there")
    .option("--limit <n>", "how many movies", wholeNumber(1, 100), 10)
    .option("--json", "print the answer as JSON");
  addConnectionOptions(command)
    .addHelpText("after", HELP)
    .action((words: string[], flags: MatchFlags) => runAction(context, () => match(words, flags, context)));
}

async function match(words: readonly string[], flags: MatchFlags, { env, stdout }: CommandContext) {
  const text = words.join(" ").trim();
  const movies = [
    ...(flags.like ?? []).map((movieId) => ({ movieId })),
    ...(flags.dislike ?? []).map((movieId) => ({ movieId, weight: -1 })),
  ];
  if (text === "" && movies.length === 0 && flags.user === undefined) {
    throw new CommandError("Say what to match: a text, --like, --dislike or --user.", EXIT.usage);
  }
  const request = {
    text,
    movies,
    ...(flags.user !== undefined && { userId: flags.user }),
    filter: toFilter(flags),
    explain: flags.explain === true,
    pageSize: flags.limit,
  };
  const response = await withClient(flags, env, async (client) => await client.match(request));
  stdout.write(
    flags.json ? `${JSON.stringify(toJson(MatchResponseSchema, response), undefined, 2)}\n` : show(response),
  );
  return EXIT.ok;
}

function show({ results }: MatchResponse): string {
  if (results.length === 0) return "No movie matches.\n";
  const columns = [
    { title: "#", align: "right" as const },
    { title: "Score", align: "right" as const },
    { title: "Title", maxWidth: 50 },
    { title: "Year" },
    { title: "Genres", maxWidth: 32 },
    { title: "Id" },
  ];
  const [header = "", ...rows] = formatTable(columns, results.map(toCells)).trimEnd().split("\n");
  const lines = rows.flatMap((row, index) => [row, ...reasonsOf(results[index])]);
  return `${[header, ...lines].join("\n")}\n`;
}

function toCells({ movie, score }: MatchResult, index: number): string[] {
  const { title = "", releaseYear = 0, genres = [], id = "" } = movie ?? {};
  return [`${index + 1}`, score.toFixed(3), title, releaseYear > 0 ? `${releaseYear}` : "", genres.join(", "), id];
}

function reasonsOf(result: MatchResult | undefined): string[] {
  return (result?.reasons ?? []).map(({ share, description }) => {
    return `      ${`${Math.round(share * 100)}%`.padStart(4)}  ${plain(description)}`;
  });
}
