import { type Client, type MatchResponse, TextReading } from "@cinedeepmatch/sdk-web";
import { useCallback, useEffect, useRef, useState } from "react";
import { isCancelled } from "./explain-failure.js";
import { type Filters, movieFilter } from "./filters.js";
import { type FoundMovie, foundMovies } from "./found-movie.js";

/** A search and how far it is. While a new one runs, the movies of the old one stay. */
export interface Search {
  busy: boolean;
  failure: unknown;
  movies: readonly FoundMovie[];
  /** The latest answer, for its model and timings; undefined before the first one. */
  answer: MatchResponse | undefined;
  /** The text that the movies were found by. */
  text: string;
  /** Fetches the next page; undefined on the last one. */
  more: (() => void) | undefined;
  retry: () => void;
}

// Results follow the keys; who stops to look has the text read in full.
const quickAfterMs = 60;
const fullAfterMs = 350;
// The best match and an even number of others.
const pageSize = 13;
const nothing = { busy: false, failure: undefined, movies: [], answer: undefined, text: "" };

/** Searches as the visitor types. Each keystroke cancels what is still on its way, down to the model. */
export function useSearch(client: Client, text: string, filters: Filters, tasteOf: string | undefined): Search {
  const [state, setState] = useState<Omit<Search, "more" | "retry">>(nothing);
  const [attempt, setAttempt] = useState(0);
  const pages = useRef<AsyncIterator<MatchResponse>>(undefined);
  const wanted = text.trim();

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is the same search once more.
  useEffect(() => {
    if (wanted === "") {
      setState(nothing);
      return;
    }
    const newer = new AbortController();
    let full = false;
    const search = async (textReading: TextReading) => {
      setState((old) => ({ ...old, busy: true }));
      const request = {
        text: wanted,
        textReading,
        filter: movieFilter(filters),
        explain: true,
        pageSize,
        ...(tasteOf !== undefined && { userId: tasteOf }),
      };
      const found = client.match(request, { signal: newer.signal }).byPage();
      try {
        const { value: answer } = await found.next();
        // A quick answer that was overtaken is no news.
        if (newer.signal.aborted || !answer || (full && textReading === TextReading.QUICK)) return;
        full ||= textReading === TextReading.FULL;
        pages.current = found;
        setState({ busy: false, failure: undefined, movies: foundMovies(answer), answer, text: wanted });
      } catch (failure) {
        if (!newer.signal.aborted && !isCancelled(failure)) setState((old) => ({ ...old, busy: false, failure }));
      }
    };
    const timers = [
      setTimeout(() => search(TextReading.QUICK), quickAfterMs),
      setTimeout(() => search(TextReading.FULL), fullAfterMs),
    ];
    return () => {
      for (const timer of timers) clearTimeout(timer);
      newer.abort();
    };
  }, [client, wanted, filters, tasteOf, attempt]);

  const retry = useCallback(() => setAttempt((n) => n + 1), []);
  const more = useCallback(async () => {
    const from = pages.current;
    setState((old) => ({ ...old, busy: true }));
    try {
      const next = await from?.next();
      // A newer search has taken over while this page was on its way.
      if (from !== pages.current || !next?.value) return;
      const answer: MatchResponse = next.value;
      setState((old) => ({ ...old, busy: false, movies: [...old.movies, ...foundMovies(answer)], answer }));
    } catch (failure) {
      if (from === pages.current && !isCancelled(failure)) setState((old) => ({ ...old, busy: false, failure }));
    }
  }, []);

  return { ...state, retry, more: state.answer?.nextPageToken ? more : undefined };
}
