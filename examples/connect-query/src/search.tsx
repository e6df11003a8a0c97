import { MatchService } from "@cinedeepmatch/sdk-web";
import { useInfiniteQuery } from "@connectrpc/connect-query";
import { keepPreviousData } from "@tanstack/react-query";
import { Failure } from "./failure.js";
import { LikeButton } from "./like-button.js";

/** Movies that match a text, page by page. A query that nobody looks at any more is cancelled, as far as the model. */
export function Search({ text, onChoose }: { text: string; onChoose(movieId: string): void }) {
  const { data, error, fetchNextPage, hasNextPage, isFetching } = useInfiniteQuery(
    MatchService.method.match,
    { text, pageSize: 5, pageToken: "", readMask: { paths: ["id", "title", "release_year"] } },
    {
      pageParamKey: "pageToken",
      getNextPageParam: ({ nextPageToken }) => nextPageToken || undefined,
      placeholderData: keepPreviousData,
    },
  );
  if (error) return <Failure error={error} />;
  return (
    <section aria-label="Results" aria-busy={isFetching}>
      <ol>
        {data?.pages
          .flatMap(({ results }) => results)
          .map(({ movie }) => (
            <li key={movie?.id}>
              <button type="button" onClick={() => onChoose(movie?.id ?? "")}>
                {movie?.title} ({movie?.releaseYear})
              </button>
              <LikeButton movieId={movie?.id ?? ""} title={movie?.title ?? ""} />
            </li>
          ))}
      </ol>
      {hasNextPage && (
        <button type="button" disabled={isFetching} onClick={() => fetchNextPage()}>
          More
        </button>
      )}
    </section>
  );
}
