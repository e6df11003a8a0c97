import { readFileSync } from "node:fs";

const SAMPLE_MS = 50;

/** Samples how much memory a process has, for as long as some work takes. In megabytes. */
export async function watchMemory(pid, work) {
  const before = residentMb(pid);
  let peak = before;
  const sample = () => {
    peak = Math.max(peak, residentMb(pid));
  };
  const timer = setInterval(sample, SAMPLE_MS);
  const result = await work().finally(() => clearInterval(timer));
  sample();
  return { ...result, rssBeforeMb: before, rssGrowthMb: peak - before };
}

function residentMb(pid) {
  return Math.round(Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1_000);
}

/**
 * Makes one call after another for as long as some work takes, and reports how they fared.
 *
 * @param {() => Promise<boolean>} callOnce resolves with whether the answer was right
 */
export async function standBy(callOnce, work) {
  const tookMs = [];
  let wrong = 0;
  let going = true;
  const calling = (async () => {
    while (going) {
      const startedAt = performance.now();
      const right = await callOnce().catch(() => false);
      tookMs.push(performance.now() - startedAt);
      if (!right) wrong++;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  const result = await work().finally(() => {
    going = false;
  });
  await calling;
  return { ...result, bystander: { calls: tookMs.length, wrong, ...percentiles(tookMs) } };
}

function percentiles(tookMs) {
  const sorted = tookMs.toSorted((a, b) => a - b);
  const at = (share) =>
    Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10;
  return { p50Ms: at(0.5), p95Ms: at(0.95), maxMs: at(1) };
}
