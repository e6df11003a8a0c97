// `npm run faults`: hurts servers of its own in every way that it knows while clients write and match, and checks that
// nothing acknowledged is lost, nothing happens twice, and all works again in time. Prints its seed and a table; exits
// with 1 when a promise was broken.
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Deployment, startEmbedded, startServers } from "./deployment.js";
import { embeddedScenarios } from "./embedded-scenarios.js";
import { History } from "./history.js";
import { printResult, printTable } from "./print-results.js";
import { runScenario, type ScenarioResult } from "./run-scenarios.js";
import type { Scenario } from "./scenario.js";
import { SeededRandom } from "./seeded-random.js";
import { serversScenarios } from "./servers-scenarios.js";
import { prepare } from "./workload.js";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    only: { type: "string" },
    list: { type: "boolean" },
    keep: { type: "boolean" },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const folder = await mkdtemp(join(tmpdir(), "cinedeepmatch-faults-"));
const results: ScenarioResult[] = [];

if (values.list) {
  for (const { name } of [...embeddedScenarios, ...serversScenarios]) process.stdout.write(`${name}\n`);
} else {
  process.stdout.write(`seed ${seed}; the history and the logs are in ${folder}\n`);
  await runAll("embedded", embeddedScenarios, startEmbedded);
  await runAll("servers", serversScenarios, startServers);
  printTable(results);
  const isWhole = results.length > 0 && results.every(({ broken }) => broken.length === 0);
  process.exitCode = isWhole ? 0 : 1;
  if (isWhole && !values.keep) await rm(folder, { recursive: true, force: true });
}

/** Starts a deployment and runs on it those of its scenarios that were asked for. */
async function runAll<D extends Deployment>(
  topology: string,
  all: readonly Scenario<D>[],
  start: (folder: string) => Promise<D>,
): Promise<void> {
  const wanted = values.only?.toLowerCase() ?? "";
  const scenarios = all.filter(({ name }) => `${topology}: ${name}`.toLowerCase().includes(wanted));
  if (scenarios.length === 0) return;
  const random = new SeededRandom(seed);
  const own = await mkdtemp(join(folder, `${topology}-`));
  // PostgreSQL runs as somebody else and has to get to its own folder.
  for (const each of [folder, own]) await chmod(each, 0o711);
  const history = new History(join(own, "history.ndjson"));
  const deployment = await start(own);
  try {
    await prepare(deployment, history);
    for (const scenario of scenarios) {
      if (scenario.unavailable !== undefined) {
        process.stdout.write(`not run ${topology}: ${scenario.name}: ${scenario.unavailable}\n`);
        continue;
      }
      const result = await runScenario(scenario, { deployment, history, random });
      results.push({ ...result, name: `${topology}: ${result.name}` });
      printResult(results.at(-1) as ScenarioResult);
    }
  } finally {
    await deployment.close();
    await history.close();
  }
}
