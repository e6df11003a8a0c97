// `node benchmarks/soak.mjs`, after a build: callers match, write and read for 20 minutes (--minutes N) against a server in
// a process of its own, and every 10 seconds its memory and its open handles are read. Compares the second half with
// itself: memory that is flat does not go up from its first to its last third. The last line is one JSON object; exits
// with 1 when memory or handles grow.
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createClient } from "../packages/sdk-node/dist/index.js";
import { round } from "./load/drive.mjs";
import { queries } from "./load/queries.mjs";
import { startServer } from "./load/start-server.mjs";

const SAMPLE_MS = 10_000;
const GROWTH_LIMIT = { rssMb: 0.08, handles: 0.1 };
const { values } = parseArgs({ options: { minutes: { type: "string", default: "20" } } });

const server = await startServer({
  starterCatalog: true,
  env: { RATE_LIMIT_ADDRESS: "off", RATE_LIMIT_SERVICE: "off", RATE_LIMIT_GATEWAY: "off" },
});
const stop = new AbortController();
const seen = { calls: 0, failed: 0 };
try {
  const callers = [server.gatewayUrl, server.grpcUrl, server.gatewayUrl].map((baseUrl, index) => call(baseUrl, index));
  const samples = [];
  for (const end = Date.now() + Number(values.minutes) * 60_000; Date.now() < end; await sleep(SAMPLE_MS)) {
    samples.push(sample(server.child.pid));
  }
  stop.abort();
  await Promise.all(callers);
  const late = samples.slice(Math.floor(samples.length / 2));
  const growth = { rssMb: grown(late, "rssMb"), handles: grown(late, "handles") };
  const first = late[0];
  const last = late.at(-1);
  const report = { minutes: Number(values.minutes), ...seen, halfway: first, end: last, growth };
  process.stdout.write(`${JSON.stringify(report)}\n`);
  process.exitCode = Object.entries(GROWTH_LIMIT).every(([name, limit]) => growth[name] <= limit) ? 0 : 1;
} finally {
  stop.abort();
  await server.stop();
}

/** Everything that a server keeps something for: matches of new texts, of users, events, movies, lists. */
async function call(baseUrl, index) {
  const client = createClient({ baseUrl, token: server.token, ...(index === 1 && { protocol: "grpc" }) });
  const texts = queries(index + 10);
  for (let number = 0; !stop.signal.aborted; number++) {
    const userId = `soak-${number % 50}`;
    const title = `Soak ${index}-${number % 20}`;
    const calls = [
      () => client.match({ text: texts.next().value }),
      () => client.match({ userId, excludeSeen: true }),
      () => client.activity.record([{ userId, movieId: "alien-1979", type: 1 }]),
      () =>
        client.catalog.batchUpsertMovies({
          movies: [{ id: title.toLowerCase().replace(" ", "-"), title, synopsis: `${number}` }],
        }),
      () => client.match({ text: texts.next().value, explain: true, diversity: 0.5 }),
    ];
    seen.calls++;
    await calls[number % calls.length]().catch(() => seen.failed++);
    await sleep(20);
  }
  await client.close();
}

function sample(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const rssMb = round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
  return {
    rssMb,
    handles: readdirSync(`/proc/${pid}/fd`).length,
    threads: Number(/Threads:\s+(\d+)/.exec(status)?.[1]),
  };
}

/** How much the mean of the last third is above that of the first, as a part of it. */
function grown(samples, name) {
  const third = Math.max(1, Math.floor(samples.length / 3));
  const mean = (some) => some.reduce((sum, each) => sum + each[name], 0) / some.length;
  return Math.round((mean(samples.slice(-third)) / mean(samples.slice(0, third)) - 1) * 1_000) / 1_000;
}
