import { useDeferredValue, useState } from "react";
import { Search } from "./search.js";
import { SimilarMovies } from "./similar-movies.js";

/** A search, and what is like the movie that was chosen. */
export function App() {
  const [text, setText] = useState("");
  const [movieId, choose] = useState<string>();
  const deferred = useDeferredValue(text.trim());
  return (
    <main>
      <h1>CineDeepMatch with connect-query</h1>
      <input
        type="search"
        aria-label="What do you feel like watching?"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {deferred !== "" && <Search text={deferred} onChoose={choose} />}
      {movieId !== undefined && <SimilarMovies movieId={movieId} />}
    </main>
  );
}
