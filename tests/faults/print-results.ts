import type { ScenarioResult } from "./run-scenarios.js";

const COLUMNS = ["hurt", "event", "movie", "match", "in flight", "ok", "fail", "unknown"];

/** Says at once what a scenario came to. */
export function printResult({ name, broken }: ScenarioResult): void {
  process.stdout.write(`${broken.length === 0 ? "kept  " : "BROKEN"} ${name}\n`);
  for (const promise of broken) process.stdout.write(`         ${promise}\n`);
}

/** All scenarios: how long it hurt, how long after the healing each operation worked again (s), and what came of the calls. */
export function printTable(results: readonly ScenarioResult[]): void {
  const width = Math.max(0, ...results.map(({ name }) => name.length));
  const line = (name: string, cells: readonly string[]) =>
    process.stdout.write(`${name.padEnd(width)} ${cells.map((cell) => cell.padStart(9)).join("")}\n`);
  process.stdout.write(
    "\nSeconds: the fault; from its end to the first success; the longest match under way. Calls.\n",
  );
  line("", COLUMNS);
  for (const { name, hurtMs, recovery, inFlightMs, counts } of results) {
    const times = [hurtMs, recovery.event, recovery.movie, recovery.match, inFlightMs].map(seconds);
    line(name, [...times, ...[counts.ok, counts.fail, counts.unknown].map(String)]);
  }
  const broken = results.filter((result) => result.broken.length > 0).length;
  process.stdout.write(`\n${results.length - broken} scenarios kept every promise, ${broken} broke one\n`);
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? "never" : (ms / 1_000).toFixed(1);
}
