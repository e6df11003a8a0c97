import type { Client } from "@cinedeepmatch/sdk-web";
import { useEffect, useRef } from "react";
import type { FoundMovie } from "./found-movie.js";
import { CloseIcon } from "./icons.js";
import { MovieFacts, MoviePeople } from "./movie-facts.js";
import { FailureNotice } from "./notice.js";
import { Poster } from "./poster.js";
import { ReasonChips } from "./reason-chips.js";
import { ScoreBar } from "./score-bar.js";
import { TimingsLine } from "./timings-line.js";
import { useSimilar } from "./use-similar.js";
import type { Votes } from "./use-votes.js";
import { VoteButtons } from "./vote-buttons.js";

interface Props {
  client: Client;
  found: FoundMovie;
  votes: Votes;
  onSimilar: (found: FoundMovie) => void;
  onClose: () => void;
}

/** A movie at length, and its like. A modal dialog, so the browser keeps the focus in and gives it back. */
export function SimilarPanel({ client, found, votes, onSimilar, onClose }: Props) {
  const { movie } = found;
  const { movies, answer, failure, retry } = useSimilar(client, movie.id);
  const dialog = useRef<HTMLDialogElement>(null);

  useEffect(() => {
    const opened = dialog.current;
    opened?.showModal();
    return () => opened?.close();
  }, []);
  // From one movie to the next, reading starts at the top again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls when the movie changes.
  useEffect(() => {
    dialog.current?.scrollTo({ top: 0 });
  }, [movie.id]);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself; this is the click beside it.
    <dialog
      ref={dialog}
      className="panel"
      aria-labelledby="panel-title"
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current.close()}
    >
      <div className="panel-inner">
        <button type="button" className="panel-close" aria-label="Close" onClick={() => dialog.current?.close()}>
          <CloseIcon />
        </button>
        <div className="panel-head">
          <Poster movie={movie} />
          <div>
            <h2 id="panel-title">{movie.title}</h2>
            <MovieFacts movie={movie} />
            <MoviePeople movie={movie} most={5} />
            <VoteButtons found={found} votes={votes} />
          </div>
        </div>
        <p className="panel-synopsis">{movie.synopsis}</p>
        <h3>More like this</h3>
        {failure !== undefined && <FailureNotice failure={failure} onRetry={retry} />}
        <ul className="panel-list" aria-busy={movies === undefined && failure === undefined}>
          {movies?.map((similar) => (
            <li key={similar.movie.id} data-movie-id={similar.movie.id}>
              <button type="button" className="panel-poster" onClick={() => onSimilar(similar)}>
                <Poster movie={similar.movie} />
                <span className="unseen">Movies like {similar.movie.title}</span>
              </button>
              <div className="panel-item">
                <h4>{similar.movie.title}</h4>
                <MovieFacts movie={similar.movie} />
                <ScoreBar score={similar.score} parts={similar.parts} />
                <ReasonChips reasons={similar.reasons} most={2} />
              </div>
              <VoteButtons found={similar} votes={votes} />
            </li>
          ))}
        </ul>
        {answer && <TimingsLine answer={answer} />}
      </div>
    </dialog>
  );
}
