import type { FoundMovie } from "./found-movie.js";
import { Poster } from "./poster.js";

/** A fan of posters beside the headline. Decoration: every movie in it can be reached elsewhere. */
export function HeroCollage({ movies }: { movies: readonly FoundMovie[] }) {
  return (
    <div className="collage" aria-hidden="true">
      {movies.map(({ movie }) => (
        <Poster key={movie.id} movie={movie} />
      ))}
    </div>
  );
}
