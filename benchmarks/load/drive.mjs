import { setTimeout as sleep } from "node:timers/promises";

/** So many callers, each of whom asks again as soon as it has its answer. */
export async function closedLoop(client, bodies, { callers, seconds }) {
  const until = performance.now() + seconds * 1_000;
  const results = [];
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() < until) results.push(await client.match(bodies.next().value));
    }),
  );
  return { results, seconds: (performance.now() - startedAt) / 1_000 };
}

/**
 * So many calls a second, evenly, whether those before were answered or not: callers do not wait for each other. Each
 * result says when its answer came, in seconds since the first call. `lateMs` is how far behind this process was with
 * calling, and `cpu` how much of a processor core it took for itself.
 */
export async function openLoop(client, bodies, { perSecond, seconds }) {
  const running = [];
  const late = [];
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const sinceStart = () => performance.now() - startedAt;
  const total = Math.round(perSecond * seconds);
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.floor((sinceStart() / 1_000) * perSecond) + 1);
    for (; sent < due; sent++) {
      const body = bodies.next().value;
      late.push(sinceStart() - (sent / perSecond) * 1_000);
      const call = client.match(body);
      running.push(call.then((result) => ({ ...result, lane: body.lane, atSecond: sinceStart() / 1_000 })));
    }
    await sleep(2);
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpu = Math.round((user + system) / sinceStart() / 10) / 100;
  const seconds_ = sinceStart() / 1_000;
  return { results: await Promise.all(running), seconds: seconds_, lateMs: percentiles(late), cpu };
}

/** The latencies of what was answered with a match, and how many of those there were in a second. */
export function summarise({ results, seconds }) {
  const times = results.filter(({ outcome }) => outcome === "ok").map(({ ms }) => ms);
  const failed = results.length - times.length;
  return { perSecond: round(times.length / seconds), ...percentiles(times), ...(failed > 0 && { failed }) };
}

/** In milliseconds. */
export function percentiles(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part) => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

export function round(number) {
  return Math.round(number * 10) / 10;
}
