import type { ScoreParts } from "@cinedeepmatch/sdk-web";

/** How well a movie matches, from 0 to 1. What the score is made of shows on hover. */
export function ScoreBar({ score, parts }: { score: number; parts: ScoreParts | undefined }) {
  const percent = Math.round(Math.min(1, Math.max(0, score)) * 100);
  return (
    <div className="score" title={describe(parts)}>
      <span className="score-track" aria-hidden="true">
        <span className="score-fill" style={{ width: `${percent}%` }} />
      </span>
      <span className="score-number">
        {percent}
        <small>%</small>
        <span className="unseen"> match</span>
      </span>
    </div>
  );
}

function describe(parts: ScoreParts | undefined): string | undefined {
  if (parts === undefined) return undefined;
  const named = { meaning: parts.semantic, words: parts.lexical, examples: parts.example, taste: parts.taste };
  const known = Object.entries(named).flatMap(([name, value]) =>
    value === undefined ? [] : `${name} ${value.toFixed(2)}`,
  );
  return known.length === 0 ? undefined : known.join("  ·  ");
}
