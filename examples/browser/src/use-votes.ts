import { type Client, EventType } from "@cinedeepmatch/sdk-web";
import { useCallback, useEffect, useState } from "react";
import type { FoundMovie } from "./found-movie.js";

/** What the visitor said to a movie. */
export type Vote = EventType.LIKED | EventType.DISLIKED;

/** What the visitor said to the movies. */
export interface Votes {
  of: (movieId: string) => Vote | undefined;
  cast: (found: FoundMovie, vote: Vote) => void;
  /** How many movies the visitor likes. */
  liked: number;
  /** Of the latest recorded vote; pass it on to see its effect. */
  eventToken: string | undefined;
  failure: unknown;
}

/** Records likes and dislikes. A vote shows at once and is taken back should the server not have it. */
export function useVotes(client: Client, userId: string | undefined): Votes {
  const [votes, setVotes] = useState<ReadonlyMap<string, Vote>>(new Map());
  const [eventToken, setEventToken] = useState<string>();
  const [failure, setFailure] = useState<unknown>();

  // Earlier visits. Only for the buttons' sake: without the right to list, they start out neutral.
  useEffect(() => {
    if (userId === undefined) return;
    client.activity.listEvents({ userId, pageSize: 1000 }).then(
      ({ events }) => setVotes((now) => new Map([...events.toReversed().flatMap(voteOf), ...now])),
      () => {},
    );
  }, [client, userId]);

  const cast = useCallback(
    async ({ movie, matchId }: FoundMovie, vote: Vote) => {
      if (userId === undefined) return;
      const before = votes.get(movie.id);
      if (before === vote) return;
      setVotes((now) => changed(now, movie.id, vote));
      try {
        const recorded = await client.activity.record([{ type: vote, movieId: movie.id, matchId, userId }]);
        setFailure(undefined);
        setEventToken(recorded.eventToken);
      } catch (error) {
        setVotes((now) => changed(now, movie.id, before));
        setFailure(error);
      }
    },
    [client, userId, votes],
  );

  const liked = [...votes.values()].filter((vote) => vote === EventType.LIKED).length;
  return { of: (movieId) => votes.get(movieId), cast, liked, eventToken, failure };
}

function voteOf({ movieId, type }: { movieId: string; type: EventType }): [string, Vote][] {
  return type === EventType.LIKED || type === EventType.DISLIKED ? [[movieId, type]] : [];
}

function changed(votes: ReadonlyMap<string, Vote>, movieId: string, vote: Vote | undefined): Map<string, Vote> {
  const next = new Map(votes);
  if (vote === undefined) next.delete(movieId);
  else next.set(movieId, vote);
  return next;
}
