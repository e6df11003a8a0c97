import { timestampMs } from "@bufbuild/protobuf/wkt";
import { createClient, type NodeClient } from "@cinedeepmatch/sdk-node";
import type { Command } from "commander";
import { type LoggedEvent, splitInTime } from "../../evaluation/activity/activity-log.js";
import { type AskedCase, askNext } from "../../evaluation/activity/ask-next.js";
import { ClickThroughCount } from "../../evaluation/activity/click-through.js";
import { gainsOf, popularityJudge, scoresOf } from "../../evaluation/activity/score-next.js";
import { createProgress, type Progress } from "../../importing/progress.js";
import { eventWeight } from "../../matching/taste.js";
import { type CommandContext, CommandError, EXIT_HELP, inContext, runAction } from "./command-context.js";
import { explainFailure } from "./explain-failure.js";
import { formatTable } from "./format-table.js";
import { wholeNumber } from "./parse-option.js";

interface ActivityFlags {
  readonly url: string;
  readonly token?: string;
  readonly cases: number;
  readonly answers?: number;
}

const TEST_SHARE = 0.1;
const CASES_OF_USER = 20;
const HELP = `
It reads the tenant's activity, takes the latest tenth of it, and asks the server, as a visitor with the same history would,
what each user liked next; popularity of what was before stands beside it. A model that has learned from these very events
is flattered: for those look at the card that learn makes. Click-through comes from the match ids of events; the API does
not know how many answers were given, the metrics do: --answers.
Needs a token with the scopes activity:admin and match:read. The last line printed is one JSON object.
${EXIT_HELP}`;

/** `cinedeepmatch eval activity`: how well a running server tells what its users like next. */
export function addActivityEvaluation(evaluation: Command, context: CommandContext): void {
  inContext(evaluation.command("activity"), context)
    .description("a running server, on what its own users did: time split, and click-through")
    .option("--url <url>", "the gateway", "http://127.0.0.1:8080")
    .option("--token <token>", "token to call with (default: $CINEDEEPMATCH_TOKEN)")
    .option("--cases <n>", "how many events to ask for at most", wholeNumber(1, 100_000), 300)
    .option("--answers <n>", "how many answers were given, for the click-through rate", wholeNumber(1, 1e12))
    .addHelpText("after", HELP)
    .action((flags: ActivityFlags) => runAction(context, () => evaluate(flags, context)));
}

async function evaluate(flags: ActivityFlags, { env, stdout, stderr }: CommandContext): Promise<undefined> {
  const { url, cases: most } = flags;
  const progress = createProgress(stderr, false);
  const client = createClient({ baseUrl: url, token: flags.token ?? env.CINEDEEPMATCH_TOKEN, timeoutMs: 30_000 });
  try {
    const { events, clicks } = await readEvents(client, progress);
    const split = splitInTime(events, { share: TEST_SHARE, most, mostOfUser: CASES_OF_USER });
    if (split.cases.length === 0) throw new CommandError("There is too little activity to ask about.");
    const movieIds = [...new Set(events.map(({ movieId }) => movieId))];
    const popular = scoresOf(await gainsOf(split.cases, movieIds, popularityJudge(split.before)));
    const task = progress.begin("Asking   ", "cases", split.cases.length);
    const asked: AskedCase[] = [];
    for (const each of split.cases) {
      asked.push(await askNext(client, each));
      task.update(asked.length, asked.length);
    }
    task.end();
    const models = [...new Set(asked.map(({ model }) => model))].sort();
    const rows = Object.fromEntries(
      models.map((model) => [model, scores(asked.filter((each) => each.model === model))]),
    );
    const report = {
      metric: "activity",
      from: new Date(split.at * 1_000).toISOString(),
      users: new Set(split.cases.map(({ userId }) => userId)).size,
      overall: scores(asked),
      model: rows,
      popularity: { cases: asked.length, ...popular },
      clickThrough: clicks.result(flags.answers),
    };
    const columns = [
      { title: "Next item" },
      ...["Cases", "NDCG@10", "HR@10"].map((title) => ({ title, align: "right" as const })),
    ];
    const cells = Object.entries({ ...rows, popularity: report.popularity }).map(([name, row]) => [
      name,
      `${row.cases}`,
      row["ndcg@10"].toFixed(4),
      row["hr@10"].toFixed(4),
    ]);
    stdout.write(formatTable(columns, cells));
    stdout.write(`${JSON.stringify(report)}\n`);
  } catch (error) {
    throw explainFailure(error, { url, port: 8080, tokenFile: "--token", hasToken: true });
  }
}

function scores(asked: readonly AskedCase[]) {
  const gains = asked.map(({ rank = Number.POSITIVE_INFINITY }) => (rank <= 10 ? 1 / Math.log2(rank + 1) : 0));
  const found = asked.filter(({ rank }) => rank !== undefined).length;
  return { cases: asked.length, ...scoresOf(gains), "hr@100": found / (asked.length || 1) };
}

async function readEvents(client: NodeClient, progress: Progress) {
  const task = progress.begin("Reading  ", "events", 0);
  const clicks = new ClickThroughCount();
  const events: LoggedEvent[] = [];
  for await (const event of client.activity.listAllEvents({ pageSize: 5_000 })) {
    clicks.add(event);
    const { userId, movieId, type, rating, eventTime } = event;
    const weight = eventWeight({ type, ...(rating !== undefined && { rating }) });
    const time = eventTime === undefined ? 0 : timestampMs(eventTime) / 1_000;
    if (weight !== 0) events.push({ userId, movieId, weight, time });
    task.update(events.length, events.length);
  }
  task.end();
  return { events, clicks };
}
