import { toJson } from "@bufbuild/protobuf";
import { type Movie, MovieSchema } from "@cinedeepmatch/contract";
import type { Command } from "commander";
import { type CommandContext, EXIT_HELP, inContext, processContext, runAction } from "./command-context.js";
import { addConnectionOptions, type ConnectionFlags, withClient } from "./connection.js";
import { formatTable, plain } from "./format-table.js";
import { addFilterOptions, type FilterFlags, toFilter } from "./movie-filter.js";
import { wholeNumber } from "./parse-option.js";

interface MovieFlags extends ConnectionFlags {
  readonly json?: boolean;
}

interface ListFlags extends MovieFlags, FilterFlags {
  readonly title?: string;
  readonly limit: number;
}

interface DeleteFlags extends ConnectionFlags {
  readonly allowMissing?: boolean;
}

/** `cinedeepmatch movie get|list|delete`: looks after single movies. */
export function addMovieCommand(program: Command, context: CommandContext = processContext): void {
  const movie = inContext(program.command("movie").description("show, list and delete movies"), context);
  const add = (name: string, description: string) =>
    inContext(movie.command(name).description(description), context).addHelpText("after", EXIT_HELP);

  addConnectionOptions(add("get <id>", "show a movie").option("--json", "print it as JSON")).action(
    (id: string, flags: MovieFlags) => runAction(context, () => get(id, flags, context)),
  );
  addConnectionOptions(
    addFilterOptions(
      add("list", "list movies").option("--title <words>", "only movies with words like these in their title"),
    )
      .option("--limit <n>", "how many movies", wholeNumber(1, 1_000_000), 50)
      .option("--json", "print a movie as JSON a line, which import reads again"),
  ).action((flags: ListFlags) => runAction(context, () => list(flags, context)));
  addConnectionOptions(
    add("delete <id>", "delete a movie").option("--allow-missing", "succeed when there is no such movie"),
  ).action((id: string, flags: DeleteFlags) => runAction(context, () => remove(id, flags, context)));
}

async function get(id: string, flags: MovieFlags, { env, stdout }: CommandContext): Promise<undefined> {
  const movie = await withClient(flags, env, (client) => client.catalog.getMovie({ id }));
  stdout.write(flags.json ? `${JSON.stringify(toJson(MovieSchema, movie), undefined, 2)}\n` : show(movie));
}

async function list(flags: ListFlags, { env, stdout }: CommandContext): Promise<undefined> {
  const { title = "", limit, json } = flags;
  await withClient(flags, env, async ({ catalog }) => {
    const page = catalog.listMovies({ titleQuery: title, filter: toFilter(flags), pageSize: Math.min(limit, 1000) });
    if (!json) {
      const movies = await page.toArray({ limit });
      stdout.write(
        formatTable([{ title: "Title", maxWidth: 60 }, { title: "Year" }, { title: "Id" }], movies.map(toCells)),
      );
      return;
    }
    // Written as it comes: the catalogue may be far larger than memory.
    let left = limit;
    for await (const movie of page) {
      stdout.write(`${JSON.stringify(toJson(MovieSchema, movie))}\n`);
      if (--left === 0) break;
    }
  });
}

async function remove(
  id: string,
  { allowMissing = false, ...flags }: DeleteFlags,
  { env, stdout }: CommandContext,
): Promise<undefined> {
  await withClient(flags, env, (client) => client.catalog.deleteMovie({ id, allowMissing }));
  stdout.write(`${id} is deleted.\n`);
}

function toCells({ title, releaseYear, id }: Movie): string[] {
  return [title, releaseYear > 0 ? `${releaseYear}` : "", id];
}

function show(movie: Movie): string {
  const people = movie.credits.map(({ displayName, character }) =>
    character ? `${displayName} (${character})` : displayName,
  );
  const facts: [string, string][] = [
    ["Original title", movie.originalTitle],
    ["Genres", movie.genres.join(", ")],
    ["People", people.join(", ")],
    ["Keywords", movie.keywords.join(", ")],
    ["Known as", movie.externalIds.map(({ source, value }) => `${source}:${value}`).join(", ")],
    ["Synopsis", movie.synopsis],
    ["Id", movie.id],
  ];
  const title = plain(movie.title) + (movie.releaseYear > 0 ? ` (${movie.releaseYear})` : "");
  const lines = facts.filter(([, value]) => value !== "").map(([name, value]) => `${name.padEnd(15)} ${plain(value)}`);
  return `${[title, ...lines].join("\n")}\n`;
}
