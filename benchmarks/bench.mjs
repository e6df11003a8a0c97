// `npm run bench`: matches through the gateway of a server in a process of its own, and prints how many are answered in
// a second and how long each takes: one caller alone, then more and more at once, then all lanes at half of the peak. The
// last line is one JSON object. Ratios hold on other machines; the times are this one's.
import { closedLoop, openLoop, percentiles, round, summarise } from "./load/drive.mjs";
import { MatchClient } from "./load/match-client.mjs";
import { queries } from "./load/queries.mjs";
import { bodies, startTarget } from "./load/target.mjs";

const CALLERS = [1, 4, 16, 32];
const MIXTURE = ["INTERACTIVE", "INTERACTIVE", "INTERACTIVE", "STANDARD", "BULK"];

const { server, seconds } = await startTarget();
const client = new MatchClient(server);
const texts = queries();
try {
  const one = bodies(texts, "INTERACTIVE");
  await closedLoop(client, one, { callers: 4, seconds: 3 });
  const report = { closed: {}, half: {} };
  for (const callers of CALLERS) {
    // Not the lane that keeps waits short by refusing: what is asked here is how much can be done.
    const lane = callers === 1 ? one : bodies(texts, "STANDARD");
    report.closed[callers] = summarise(await closedLoop(client, lane, { callers, seconds }));
    print(`${callers} at once`, report.closed[callers]);
  }
  const peak = Math.max(...Object.values(report.closed).map(({ perSecond }) => perSecond));
  const { results } = await openLoop(client, bodies(texts, ...MIXTURE), { perSecond: peak / 2, seconds });
  for (const lane of new Set(MIXTURE)) {
    const times = results.filter((result) => result.lane.endsWith(lane) && result.outcome === "ok").map(({ ms }) => ms);
    report.half[lane.toLowerCase()] = percentiles(times);
    print(`half of the peak, ${lane.toLowerCase()}`, report.half[lane.toLowerCase()]);
  }
  report.peak = peak;
  report.peakToOneCaller = round(peak / report.closed[1].perSecond);
  process.stdout.write(`${JSON.stringify(report)}\n`);
} finally {
  client.close();
  await server.stop();
}

function print(name, figures) {
  const shown = Object.entries(figures).map(([key, value]) => `${key} ${value}`);
  process.stdout.write(`${name.padEnd(32)} ${shown.join("  ")}\n`);
}
