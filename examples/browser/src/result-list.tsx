import type { FoundMovie } from "./found-movie.js";
import { MovieCard } from "./movie-card.js";
import { FailureNotice, Notice } from "./notice.js";
import { TimingsLine } from "./timings-line.js";
import type { Search } from "./use-search.js";
import type { Votes } from "./use-votes.js";

interface Props {
  search: Search;
  votes: Votes;
  onSimilar: (found: FoundMovie) => void;
  /** Set when filters are in force. */
  onResetFilters: (() => void) | undefined;
}

/** What a search found, or why it found nothing. */
export function ResultList({ search, votes, onSimilar, onResetFilters }: Props) {
  const { movies, answer, busy, failure, more, retry, text } = search;
  return (
    <section className="results" aria-labelledby="results-title" aria-busy={busy}>
      <h2 id="results-title" className="unseen">
        Results
      </h2>
      <p className="unseen" role="status">
        {answer !== undefined && !busy ? `${movies.length} movies for ${text}` : ""}
      </p>
      {failure !== undefined && <FailureNotice failure={failure} onRetry={retry} />}
      {failure === undefined && answer === undefined && busy && <Skeletons />}
      {failure === undefined && answer !== undefined && movies.length === 0 && (
        <Notice title="Nothing in the catalogue fits">
          <p>{onResetFilters ? "No movie passes these filters." : "Try other words, or fewer of them."}</p>
          {onResetFilters && (
            <button type="button" className="solid" onClick={onResetFilters}>
              Reset filters
            </button>
          )}
        </Notice>
      )}
      {failure === undefined && movies.length > 0 && (
        <>
          <div className={busy ? "cards is-stale" : "cards"}>
            {movies.map((found, index) => (
              <MovieCard key={found.movie.id} found={found} votes={votes} onSimilar={onSimilar} best={index === 0} />
            ))}
          </div>
          <div className="results-end">
            {more && (
              <button type="button" className="solid" onClick={more} disabled={busy}>
                More
              </button>
            )}
            {answer && <TimingsLine answer={answer} />}
          </div>
        </>
      )}
    </section>
  );
}

function Skeletons() {
  return (
    <div className="cards" aria-hidden="true">
      {["a", "b", "c", "d", "e"].map((key, index) => (
        <div key={key} className={index === 0 ? "card card-best skeleton" : "card skeleton"}>
          <div className="poster" />
          <div className="card-body">
            <span className="bone bone-title" />
            <span className="bone" />
            <span className="bone" />
            <span className="bone bone-short" />
          </div>
        </div>
      ))}
    </div>
  );
}
