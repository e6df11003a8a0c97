import { MatchService } from "@cinedeepmatch/sdk-web";
import { useQuery } from "@connectrpc/connect-query";
import { Failure } from "./failure.js";

/** What is like a movie. */
export function SimilarMovies({ movieId }: { movieId: string }) {
  const { data, error } = useQuery(MatchService.method.similarMovies, { movieId, pageSize: 5 });
  if (error) return <Failure error={error} />;
  return (
    <section aria-label="Similar movies">
      <ul>
        {data?.results.map(({ movie }) => (
          <li key={movie?.id}>{movie?.title}</li>
        ))}
      </ul>
    </section>
  );
}
