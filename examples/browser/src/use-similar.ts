import type { Client, SimilarMoviesResponse } from "@cinedeepmatch/sdk-web";
import { useEffect, useState } from "react";
import { isCancelled } from "./explain-failure.js";
import { type FoundMovie, foundMovies } from "./found-movie.js";

/** The like of a movie, and how far finding it is. */
export interface Similar {
  failure: unknown;
  movies: readonly FoundMovie[] | undefined;
  answer: SimilarMoviesResponse | undefined;
  retry: () => void;
}

const nothing = { failure: undefined, movies: undefined, answer: undefined };

/** Finds the like of a movie. */
export function useSimilar(client: Client, movieId: string): Similar {
  const [state, setState] = useState<Omit<Similar, "retry">>(nothing);
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is the same request once more.
  useEffect(() => {
    const newer = new AbortController();
    setState(nothing);
    client.similarMovies({ movieId, explain: true, pageSize: 12 }, { signal: newer.signal }).then(
      (answer) => {
        if (!newer.signal.aborted) setState({ failure: undefined, movies: foundMovies(answer), answer });
      },
      (failure: unknown) => {
        if (!newer.signal.aborted && !isCancelled(failure)) setState({ ...nothing, failure });
      },
    );
    return () => newer.abort();
  }, [client, movieId, attempt]);

  return { ...state, retry: () => setAttempt((n) => n + 1) };
}
