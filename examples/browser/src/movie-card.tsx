import type { FoundMovie } from "./found-movie.js";
import { SimilarIcon } from "./icons.js";
import { MovieFacts, MoviePeople } from "./movie-facts.js";
import { Poster } from "./poster.js";
import { ReasonChips } from "./reason-chips.js";
import { ScoreBar } from "./score-bar.js";
import type { Votes } from "./use-votes.js";
import { VoteButtons } from "./vote-buttons.js";

interface Props {
  found: FoundMovie;
  votes: Votes;
  onSimilar: (found: FoundMovie) => void;
  /** The first one of a search is shown larger. */
  best?: boolean;
}

/** One result of a search. */
export function MovieCard({ found, votes, onSimilar, best = false }: Props) {
  const { movie, score, parts, reasons } = found;
  return (
    <article className={best ? "card card-best" : "card"} data-movie-id={movie.id}>
      <Poster movie={movie} />
      <div className="card-body">
        {best && <p className="card-flag">Best match</p>}
        <h3 className="card-title">{movie.title}</h3>
        <MovieFacts movie={movie} />
        <ScoreBar score={score} parts={parts} />
        <p className="synopsis">{movie.synopsis}</p>
        <MoviePeople movie={movie} most={best ? 5 : 3} />
        <ReasonChips reasons={reasons} most={best ? 5 : 3} />
        <div className="card-actions">
          <VoteButtons found={found} votes={votes} />
          <button type="button" className="quiet" onClick={() => onSimilar(found)}>
            <SimilarIcon /> Similar<span className="unseen"> to {movie.title}</span>
          </button>
        </div>
      </div>
    </article>
  );
}
