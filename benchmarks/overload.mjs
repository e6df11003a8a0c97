// `node benchmarks/overload.mjs`, after a build: finds out how much a server in a process of its own can do, and then asks
// it for three times as much for a minute, in all lanes. Prints four promises and whether they are kept; the last line is
// one JSON object. Exits with 1 when one is broken. It takes --data-dir and --seconds, as bench.mjs does.
//
// Goodput is what was answered while the flood went on, in the time that its caller would have waited.
import { closedLoop, openLoop, percentiles, round, summarise } from "./load/drive.mjs";
import { MatchClient } from "./load/match-client.mjs";
import { queries } from "./load/queries.mjs";
import { bodies, startTarget } from "./load/target.mjs";

const MIXTURE = ["INTERACTIVE", "INTERACTIVE", "INTERACTIVE", "STANDARD", "BULK"];
const TIMES = 3;
/** How long somebody waits for an answer, in milliseconds. */
const PATIENCE = { INTERACTIVE: 1_000, STANDARD: 5_000, BULK: 10_000 };
const LANES = Object.keys(PATIENCE);

const { server, seconds } = await startTarget();
const client = new MatchClient(server);
const texts = queries(2);
try {
  await closedLoop(client, bodies(texts, "STANDARD"), { callers: 4, seconds: 3 });
  const peak = summarise(await closedLoop(client, bodies(texts, "STANDARD"), { callers: 12, seconds })).perSecond;
  const normal = await openLoop(client, bodies(texts, ...MIXTURE), { perSecond: peak / 2, seconds: seconds * 2 });
  const flood = await openLoop(client, bodies(texts, ...MIXTURE), { perSecond: peak * TIMES, seconds: seconds * 6 });
  const answered = (run, lane) => run.results.filter((each) => each.outcome === "ok" && each.lane.endsWith(lane));
  const inTime = (lane) =>
    answered(flood, lane).filter(({ ms, atSecond }) => ms <= PATIENCE[lane] && atSecond <= flood.seconds).length;
  const p99 = (run) => percentiles(answered(run, "INTERACTIVE").map(({ ms }) => ms)).p99;
  const shed = flood.results.filter(({ outcome }) => outcome === "QUEUE_FULL");
  const lanes = Object.fromEntries(LANES.map((lane) => [lane, round(inTime(lane) / flood.seconds)]));
  const goodput = round(LANES.reduce((sum, lane) => sum + lanes[lane], 0));
  const outcomes = Object.groupBy(flood.results, ({ outcome }) => outcome);
  const report = {
    peak,
    asked: round(peak * TIMES),
    goodput: { perSecond: goodput, ofPeak: round((goodput / peak) * 100) / 100 },
    interactive: { normalP99: p99(normal), floodP99: p99(flood), ratio: round(p99(flood) / p99(normal)) },
    shed: {
      count: shed.length,
      ...percentiles(shed.map(({ ms }) => ms)),
      withoutDelay: shed.filter(({ retryAfterMs }) => !(retryAfterMs > 0)).length,
    },
    answeredASecond: lanes,
    generator: { cpu: flood.cpu, lateMs: flood.lateMs },
    outcomes: Object.fromEntries(Object.entries(outcomes).map(([outcome, all]) => [outcome, all.length])),
  };
  const promises = [
    ["goodput is at least 80% of the peak", goodput >= 0.8 * peak],
    ["interactive p99 is at most twice the usual one", report.interactive.floodP99 <= 2 * report.interactive.normalP99],
    ["sheds are answered within 20 ms (p95), with a delay", report.shed.p95 <= 20 && report.shed.withoutDelay === 0],
    ["no lane starves", LANES.every((lane) => lanes[lane] > 0.02 * peak)],
  ];
  for (const [promise, isKept] of promises) process.stdout.write(`${isKept ? "kept  " : "BROKEN"} ${promise}\n`);
  process.stdout.write(`${JSON.stringify(report)}\n`);
  process.exitCode = promises.every(([, isKept]) => isKept) ? 0 : 1;
} finally {
  client.close();
  await server.stop();
}
