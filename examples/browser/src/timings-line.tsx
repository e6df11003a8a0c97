import { durationMs, type MatchResponse, type SimilarMoviesResponse } from "@cinedeepmatch/sdk-web";

/** Says how fast which model answered, and where the time went. */
export function TimingsLine({ answer }: { answer: MatchResponse | SimilarMoviesResponse }) {
  const { timings, model } = answer;
  const parts = [
    { name: "queue", ms: millis(timings?.queue) },
    { name: "encode", ms: millis(timings?.encode) },
    { name: "rank", ms: millis(timings?.rank) },
  ].filter((part) => part.ms > 0);
  return (
    <p className="timings">
      <span>
        Matched in <b>{round(millis(timings?.total))} ms</b>
        {model && (
          <>
            {" "}
            by <b title={`version ${model.version}`}>{model.name}</b>
          </>
        )}
      </span>
      {parts.length > 0 && (
        <span className="timings-parts">
          {parts.map(({ name, ms }) => (
            <span key={name} className={`timings-part timings-${name}`}>
              {name} {round(ms)} ms
            </span>
          ))}
        </span>
      )}
    </p>
  );
}

function millis(duration: Parameters<typeof durationMs>[0] | undefined): number {
  return duration === undefined ? 0 : durationMs(duration);
}

function round(ms: number): string {
  return ms < 10 ? ms.toFixed(1).replace(/\.0$/, "") : String(Math.round(ms));
}
