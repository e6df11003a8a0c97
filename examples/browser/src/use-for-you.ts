import type { Client, MatchResponse } from "@cinedeepmatch/sdk-web";
import { useEffect, useState } from "react";
import { isCancelled } from "./explain-failure.js";
import { type FoundMovie, foundMovies } from "./found-movie.js";

/** What the visitor's taste leads to. */
export interface ForYou {
  busy: boolean;
  failure: unknown;
  movies: readonly FoundMovie[];
  answer: MatchResponse | undefined;
  /** Nothing is known of the visitor's taste yet: these are popular with all. */
  isNew: boolean;
  retry: () => void;
}

/**
 * Matches by taste alone, and again whenever something was recorded.
 *
 * @param eventToken - of the latest recorded like; the answer is sure to know of it
 * @param progress - changes as long as movies are still being added
 */
export function useForYou(
  client: Client,
  userId: string | undefined,
  eventToken: string | undefined,
  progress: string,
): ForYou {
  const [state, setState] = useState<Omit<ForYou, "isNew" | "retry">>({
    busy: true,
    failure: undefined,
    movies: [],
    answer: undefined,
  });
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt, or a catalogue that has grown, is the same request once more.
  useEffect(() => {
    if (userId === undefined) return;
    const newer = new AbortController();
    setState((old) => ({ ...old, busy: true }));
    client
      .match(
        {
          userId,
          excludeSeen: true,
          explain: true,
          diversity: 0.3,
          pageSize: 14,
          ...(eventToken !== undefined && { minEventToken: eventToken }),
        },
        { signal: newer.signal },
      )
      .then(
        (answer) => {
          if (newer.signal.aborted) return;
          setState({ busy: false, failure: undefined, movies: foundMovies(answer), answer });
        },
        (failure: unknown) => {
          if (!newer.signal.aborted && !isCancelled(failure)) setState((old) => ({ ...old, busy: false, failure }));
        },
      );
    return () => newer.abort();
  }, [client, userId, eventToken, progress, attempt]);

  const causes = state.movies.flatMap(({ reasons }) => reasons.map(({ cause }) => cause.case));
  return {
    ...state,
    isNew: state.movies.length > 0 && !causes.includes("activity"),
    retry: () => setAttempt((n) => n + 1),
  };
}
