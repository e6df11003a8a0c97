import { readFile } from "node:fs/promises";
import { create, fromJsonString } from "@bufbuild/protobuf";
import { type Movie, MovieSchema } from "@cinedeepmatch/contract";
import { CatalogChangeSchema } from "@cinedeepmatch/contract/worker";
import type { Command } from "commander";
import { createProgress } from "../../importing/progress.js";
import { seededRandom } from "../../learning/random.js";
import { movieIdOf } from "../../matching/movie-id.js";
import { MovieTexts } from "../../matching/movie-texts.js";
import { type Inference, startInference } from "../../onnx/inference.js";
import { CatalogReplica } from "../../worker/catalog-replica.js";
import { QueryEncoder } from "../../worker/query-encoder.js";
import { type CheckedReason, checkReasons } from "../explanations/check-reasons.js";
import { randomRequests } from "../explanations/random-requests.js";
import { STARTER_CATALOG } from "../starter-catalog.js";
import { type CommandContext, EXIT_HELP, inContext, runAction } from "./command-context.js";
import { formatTable } from "./format-table.js";
import { wholeNumber } from "./parse-option.js";

interface ExplanationFlags {
  readonly movies: string;
  readonly results: number;
  readonly seed: number;
}

const RESULTS_OF_REQUEST = 5;
const HELP = `
It makes up requests of all kinds over the catalogue, explains their first results, takes the cause that each result names
first out of the request, and judges the movie anew on the same scale: its score must fall. The last line printed is one
JSON object.
${EXIT_HELP}`;

/** `cinedeepmatch eval explanations`: whether reasons are true. */
export function addExplanationEvaluation(evaluation: Command, context: CommandContext): void {
  inContext(evaluation.command("explanations"), context)
    .description("take the cause that a result names out of the request, and see whether its score falls")
    .option("--movies <file>", "the catalogue, movies as JSON lines (default: the one that ships)", STARTER_CATALOG)
    .option("--results <n>", "how many explained results to check", wholeNumber(1, 1_000_000), 1_000)
    .option("--seed <n>", "equal seeds make equal requests", wholeNumber(0, 2 ** 31), 1)
    .addHelpText("after", HELP)
    .action((flags: ExplanationFlags) => runAction(context, () => evaluate(flags, context)));
}

async function evaluate(flags: ExplanationFlags, { stdout, stderr }: CommandContext): Promise<undefined> {
  const progress = createProgress(stderr, false);
  const lines = (await readFile(flags.movies, "utf8")).split("\n").filter((line) => line.trim() !== "");
  const movies = lines.map((line) => fromJsonString(MovieSchema, line, { ignoreUnknownFields: true }));
  const inference = await startInference({ encoderThreads: 2 });
  try {
    const encoding = progress.begin("Encoding", "movies", movies.length);
    const replica = await encodeAll(movies, inference, (done) => encoding.update(done, done));
    encoding.end();
    const parts = { replica, inference, encoder: new QueryEncoder(inference) };
    const known = movies.filter(({ id }) => replica.ordinalOf(id) !== undefined);
    const task = progress.begin("Checking", "results", flags.results);
    const checked: Explained[] = [];
    let unexplained = 0;
    for (const work of randomRequests(known, seededRandom(flags.seed))) {
      for (const { cause, fell } of await checkReasons(work, parts, RESULTS_OF_REQUEST)) {
        if (cause === undefined) unexplained++;
        else checked.push({ cause, fell });
      }
      task.update(checked.length, checked.length);
      if (checked.length >= flags.results) break;
    }
    task.end();
    report(checked.slice(0, flags.results), unexplained, stdout);
  } finally {
    await inference.close();
  }
}

async function encodeAll(movies: readonly Movie[], inference: Inference, onDone: (count: number) => void) {
  const texts = new MovieTexts();
  const replica = new CatalogReplica(inference.dimension, texts);
  for (let at = 0; at < movies.length; at += 64) {
    const batch = movies.slice(at, at + 64);
    const vectors = await inference.encode(batch.map((movie) => texts.encodingTextOf(movie)));
    batch.forEach((given, index) => {
      const movie = given.id === "" ? { ...given, id: movieIdOf(given) } : given;
      const vector = new Uint8Array((vectors[index] as Float32Array).slice().buffer);
      replica.apply(create(CatalogChangeSchema, { movieId: movie.id, movie, vector }));
    });
    onDone(at + batch.length);
  }
  return replica;
}

type Explained = CheckedReason & { readonly cause: string };

function report(checked: readonly Explained[], unexplained: number, stdout: NodeJS.WritableStream): void {
  const shareOf = (of: readonly Explained[]) => of.filter(({ fell }) => fell).length / (of.length || 1);
  const causes = [...new Set(checked.map(({ cause }) => cause))].sort();
  const rows = causes.map((cause) => {
    const of = checked.filter((each) => each.cause === cause);
    return { cause, results: of.length, fell: shareOf(of) };
  });
  const all = { cause: "all", results: checked.length, fell: shareOf(checked) };
  const columns = [
    { title: "Named first" },
    ...["Results", "Score fell"].map((title) => ({ title, align: "right" as const })),
  ];
  const cells = [all, ...rows].map(({ cause, results, fell }) => [cause, `${results}`, `${(100 * fell).toFixed(1)}%`]);
  stdout.write(formatTable(columns, cells));
  const cause = Object.fromEntries(rows.map(({ cause: name, ...rest }) => [name, rest]));
  stdout.write(
    `${JSON.stringify({ metric: "explanations", results: all.results, fell: all.fell, cause, unexplained })}\n`,
  );
}
