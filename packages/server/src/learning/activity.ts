/** Something that a user did with a movie. */
export interface LearningEvent {
  readonly userId: string;
  readonly movieId: string;
  /** What it says about taste: 1 liked it, -1 disliked it, 0 nothing. */
  readonly weight: number;
  /** Seconds since 1970; 0 for all where only the order is known. */
  readonly time: number;
}

/** A movie and the vector that the text encoder made of its content. */
export interface LearningMovie {
  readonly id: string;
  readonly vector: Float32Array;
  /** What else is known of it in numbers: as many of every movie, or of none. */
  readonly facts?: Float32Array;
}

/** What each user did, oldest first, packed: user `u` has the events from `starts[u]` up to `starts[u + 1]`. */
export interface Histories {
  readonly starts: Int32Array;
  /** The movie of each event, from 1. */
  readonly items: Int32Array;
  /** -1 to 1. */
  readonly weights: Float32Array;
  /** Seconds since 1970. */
  readonly times: Float64Array;
}

/** Where a user's events are. */
export function spanOf({ starts }: Histories, user: number): [from: number, to: number] {
  return [starts[user] ?? 0, starts[user + 1] ?? 0];
}

export function userCount({ starts }: Histories): number {
  return starts.length - 1;
}
