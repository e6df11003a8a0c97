// `node benchmarks/restarts.mjs`, after a build, with redis-server and the rest that `npm run faults` needs: stops and
// starts roles 50 times (--times N) while callers match and write, each role in order, with SIGTERM, as an upgrade does;
// each is away for as long as it takes to start, and --away MS longer. Counts what plain clients see, which try nothing
// again, and what the SDK's callers see, which do. The last line is one JSON object; exits with 1 when an accepted call of
// a plain client failed, or any call of the SDK's.
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import "../packages/server/src/stores/testing/resolve-typescript.mjs";
import { callPatiently, callPlainly } from "./load/restart-callers.mjs";

// Sources in TypeScript can be imported from here on.
const { startServers } = await import("../tests/faults/deployment.ts");
const { History } = await import("../tests/faults/history.ts");
const { prepare } = await import("../tests/faults/workload.ts");
const { values } = parseArgs({
  options: { times: { type: "string", default: "50" }, away: { type: "string", default: "0" } },
});
const folder = await mkdtemp(join(tmpdir(), "cinedeepmatch-restarts-"));
// PostgreSQL runs as somebody else and has to get to its own folder.
await chmod(folder, 0o711);
const deployment = await startServers(folder);
const stop = new AbortController();
try {
  await prepare(deployment, new History());
  const ways = ["grpc", "gateway"];
  const plainly = ways.map((through) => callPlainly(deployment, through, stop.signal));
  const patiently = ways.map((through) => callPatiently(deployment, through, stop.signal));
  await sleep(2_000);
  const roles = [...deployment.workers, deployment.gateway, deployment.grpc];
  const restartMs = {};
  for (let time = 0; time < Number(values.times); time++) {
    const role = roles[time % roles.length];
    const startedAt = performance.now();
    await role.stop();
    await sleep(Number(values.away));
    await role.start();
    restartMs[role.name] = Math.round(performance.now() - startedAt);
    await sleep(1_000);
  }
  stop.abort();
  const [plain, patient] = await Promise.all([Promise.all(plainly), Promise.all(patiently)]);
  const report = { restarts: Number(values.times), plain, patient, lastRestartMs: restartMs };
  process.stdout.write(`${JSON.stringify(report)}\n`);
  const isWhole = plain.every((seen) => seen.acceptedAndFailed === 0) && patient.every(({ failed }) => failed === 0);
  process.exitCode = isWhole ? 0 : 1;
} finally {
  stop.abort();
  await deployment.close();
  await rm(folder, { recursive: true, force: true });
}
