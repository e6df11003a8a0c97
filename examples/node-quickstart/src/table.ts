import type { MatchResult } from "@cinedeepmatch/sdk-node";

/** Lays out results as a table: rank, score, title and why. */
export function table(results: readonly MatchResult[]): string {
  const titles = results.map(({ movie }) => `${movie?.title} (${movie?.releaseYear})`);
  const width = Math.max(0, ...titles.map((title) => title.length));
  return results
    .map(({ score, reasons }, index) => {
      const why = reasons[0]?.description ?? "";
      return `  ${index + 1}. ${score.toFixed(2)}  ${(titles[index] ?? "").padEnd(width)}  ${why}`.trimEnd();
    })
    .join("\n");
}
