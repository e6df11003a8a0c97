import { EventType } from "@cinedeepmatch/sdk-web";
import type { FoundMovie } from "./found-movie.js";
import { DislikeIcon, LikeIcon } from "./icons.js";
import type { Votes } from "./use-votes.js";

/** Likes and dislikes one movie. */
export function VoteButtons({ found, votes }: { found: FoundMovie; votes: Votes }) {
  const vote = votes.of(found.movie.id);
  const { title } = found.movie;
  return (
    <div className="votes">
      <button
        type="button"
        className="vote like"
        aria-pressed={vote === EventType.LIKED}
        aria-label={`Like ${title}`}
        title="Like"
        onClick={() => votes.cast(found, EventType.LIKED)}
      >
        <LikeIcon />
      </button>
      <button
        type="button"
        className="vote dislike"
        aria-pressed={vote === EventType.DISLIKED}
        aria-label={`Dislike ${title}`}
        title="Not for me"
        onClick={() => votes.cast(found, EventType.DISLIKED)}
      >
        <DislikeIcon />
      </button>
    </div>
  );
}
