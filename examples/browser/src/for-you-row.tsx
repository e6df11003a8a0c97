import type { FoundMovie } from "./found-movie.js";
import { FailureNotice, Notice } from "./notice.js";
import { Poster } from "./poster.js";
import { ReasonChips } from "./reason-chips.js";
import { TimingsLine } from "./timings-line.js";
import type { ForYou } from "./use-for-you.js";
import type { Votes } from "./use-votes.js";
import { VoteButtons } from "./vote-buttons.js";

interface Props {
  forYou: ForYou;
  votes: Votes;
  onSimilar: (found: FoundMovie) => void;
  /** Beside the results, where there is room for it, so that a like shows its effect at once. */
  beside: boolean;
  isCatalogEmpty: boolean;
}

/** What the visitor's taste leads to, right after every like. */
export function ForYouRow({ forYou, votes, onSimilar, beside, isCatalogEmpty }: Props) {
  const { movies, isNew, busy, failure, answer, retry } = forYou;
  return (
    <section
      id="for-you"
      className={beside ? "for-you for-you-beside" : "for-you"}
      aria-labelledby="for-you-title"
      aria-busy={busy}
    >
      <header>
        <h2 id="for-you-title">For you</h2>
        <p>
          {isNew || votes.liked === 0
            ? "Popular with all, until you like something. From then on it is made for you."
            : `Made from ${votes.liked === 1 ? "the one movie" : `the ${votes.liked} movies`} you like. Every vote counts at once.`}
        </p>
      </header>
      {failure !== undefined ? (
        <FailureNotice failure={failure} onRetry={retry} />
      ) : (
        // Scrollable content must be reachable without a pointer; its buttons make it so.
        <ul className={busy && movies.length > 0 ? "shelf is-stale" : "shelf"}>
          {movies.length === 0 && busy && <Placeholders />}
          {movies.length === 0 && !busy && (
            <li className="shelf-empty">
              {isCatalogEmpty ? (
                <Notice title="The catalogue is empty">
                  <p>
                    Add movies with <code>cinedeepmatch import movies.csv</code>. They show up here by themselves.
                  </p>
                </Notice>
              ) : (
                <Notice title="Nothing left to suggest">
                  <p>You have voted on every movie there is.</p>
                </Notice>
              )}
            </li>
          )}
          {movies.map((found) => (
            <li key={found.movie.id} className="tile" data-movie-id={found.movie.id}>
              <button type="button" className="tile-poster" onClick={() => onSimilar(found)}>
                <Poster movie={found.movie} />
                <span className="unseen">Movies like {found.movie.title}</span>
              </button>
              <div className="tile-body">
                <h3>{found.movie.title}</h3>
                <ReasonChips reasons={found.reasons} most={1} />
              </div>
              <VoteButtons found={found} votes={votes} />
            </li>
          ))}
        </ul>
      )}
      <p className="unseen" role="status">
        {votes.eventToken !== undefined && !busy ? `For you now begins with ${movies[0]?.movie.title}` : ""}
      </p>
      {answer && failure === undefined && <TimingsLine answer={answer} />}
    </section>
  );
}

function Placeholders() {
  return ["a", "b", "c", "d", "e", "f", "g"].map((key) => (
    <li key={key} className="tile skeleton" aria-hidden="true">
      <div className="poster" />
      <span className="bone" />
    </li>
  ));
}
