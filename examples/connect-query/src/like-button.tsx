import { ActivityService, EventType } from "@cinedeepmatch/sdk-web";
import { createConnectQueryKey, useMutation, useQuery } from "@connectrpc/connect-query";
import { useQueryClient } from "@tanstack/react-query";
import { DEMO_USER } from "./demo-token.js";

/** Likes a movie, and has what is known of the user fetched anew. */
export function LikeButton({ movieId, title }: { movieId: string; title: string }) {
  const queryClient = useQueryClient();
  const { data } = useQuery(ActivityService.method.listEvents, { userId: DEMO_USER, pageSize: 100 });
  const like = useMutation(ActivityService.method.recordEvents, {
    onSuccess: () =>
      queryClient.invalidateQueries({
        queryKey: createConnectQueryKey({ schema: ActivityService.method.listEvents, cardinality: "finite" }),
      }),
  });
  const isLiked = data?.events.some((event) => event.movieId === movieId && event.type === EventType.LIKED) ?? false;
  return (
    <button
      type="button"
      aria-label={`Like ${title}`}
      aria-pressed={isLiked}
      // The id makes a repeated call count once.
      onClick={() => like.mutate({ events: [{ id: crypto.randomUUID(), movieId, type: EventType.LIKED }] })}
    >
      {isLiked ? "♥" : "♡"}
    </button>
  );
}
