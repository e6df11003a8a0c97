import type { CatalogStatus } from "@cinedeepmatch/sdk-web";

/** The page's name, and what it searches. */
export function Masthead({ status }: { status: CatalogStatus | undefined }) {
  return (
    <header className="masthead">
      <p className="brand">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <circle cx="12.5" cy="16" r="8" />
          <circle cx="19.5" cy="16" r="8" />
        </svg>
        CineDeepMatch
      </p>
      {status && (
        <p className="status" role="status">
          <span className={status.readyWorkerCount > 0 ? "lamp lamp-on" : "lamp"} aria-hidden="true" />
          {describe(status)}
        </p>
      )}
    </header>
  );
}

function describe({ movieCount, encodedCount, readyWorkerCount }: CatalogStatus): string {
  const movies = `${movieCount.toLocaleString("en")} movies`;
  if (readyWorkerCount === 0) return `${movies} · the model is loading`;
  return encodedCount < movieCount ? `${movies} · ${encodedCount.toLocaleString("en")} encoded` : movies;
}
