import type { EventType, MovieFilterJson } from "@cinedeepmatch/contract";
import type { CatalogPosition } from "./catalog-store.js";
import type { TasteChoice, TasteOutcome } from "./taste-models.js";

/** One match as it travels to a model worker: plain JSON, everything resolved that needs a store. */
export interface MatchWork {
  readonly kind: "match";
  /** Empty when the request has no text. */
  readonly text: string;
  /** Whether the text is only read quickly. */
  readonly quick?: boolean;
  readonly movies: readonly WeightedId[];
  readonly people: readonly WeightedId[];
  /** What the user or the session did, newest first; undefined when the request names neither. */
  readonly recent: readonly RecentEvent[] | undefined;
  /** A MovieFilter as proto JSON. */
  readonly filter: MovieFilterJson | undefined;
  readonly excludeIds: readonly string[];
  /** From 0 to 1. */
  readonly diversity: number;
  /** How many movies to skip and how many to return after them. */
  readonly offset: number;
  readonly limit: number;
  readonly explain: boolean;
  /** The registered models that the ticket is meant for; undefined where no taste is asked for. */
  readonly taste?: Partial<TasteChoice>;
}

/** A match that asks for nothing yet: ten movies in order of popularity. */
export const EMPTY_MATCH: MatchWork = {
  kind: "match",
  text: "",
  movies: [],
  people: [],
  recent: undefined,
  filter: undefined,
  excludeIds: [],
  diversity: 0,
  offset: 0,
  limit: 10,
  explain: false,
};

/** An id and how much it counts, from -1 to 1. */
export interface WeightedId {
  readonly id: string;
  readonly weight: number;
}

/** One event of a user's or a session's. */
export interface RecentEvent {
  readonly movieId: string;
  readonly type: EventType;
  /** From 0 to 10, for rated movies. */
  readonly rating?: number;
  /** How long ago, in seconds. */
  readonly ageSeconds: number;
}

/** Texts to encode and store. */
export interface EncodeWork {
  readonly kind: "encode";
  readonly modelVersion: string;
  readonly texts: readonly { readonly movieId: string; readonly textDigest: string; readonly text: string }[];
}

/** What a worker can be asked to do. */
export type Work = MatchWork | EncodeWork;

/** The answer to a MatchWork. */
export interface MatchReply {
  readonly kind: "match";
  readonly hits: readonly MatchHit[];
  /** Whether more movies follow after these. */
  readonly more: boolean;
  readonly model: { readonly name: string; readonly version: string };
  /** What was ranked, as {@link rankedState} has it. */
  readonly state?: string;
  /** How the registered models fared; undefined where no taste was asked for. */
  readonly taste?: Partial<TasteOutcome>;
  readonly timings: { readonly queueMs: number; readonly encodeMs: number; readonly rankMs: number };
}

/**
 * Tells what is ranked from what is ranked later.
 *
 * @param position of the catalogue; what is ranked may already have some of what was written after it
 * @param texts how the movies' texts are made
 */
export function rankedState({ catalogId, revision }: CatalogPosition, texts: { readonly version: string }): string {
  return `${catalogId} ${revision} ${texts.version}`;
}

/** A ranked movie. */
export interface MatchHit {
  readonly movieId: string;
  /** From 0 to 1. */
  readonly score: number;
  readonly parts: ScoreParts;
  readonly reasons: readonly Reason[];
}

/** The parts of a score; a part that was not asked for is absent. */
export interface ScoreParts {
  readonly semantic?: number;
  readonly lexical?: number;
  readonly example?: number;
  readonly taste?: number;
}

/** Why a movie was ranked where it is; `share` from 0 to 1. */
export type Reason = { readonly share: number } & (
  | { readonly cause: "text"; readonly terms: readonly string[]; readonly fields: readonly string[] }
  | { readonly cause: "movie"; readonly movieId: string; readonly title: string }
  | { readonly cause: "person"; readonly personId: string; readonly displayName: string }
  | { readonly cause: "activity"; readonly movieId: string; readonly title: string; readonly type: EventType }
  | { readonly cause: "popularity"; readonly averageRating: number }
);

/** The answer to an EncodeWork. */
export interface EncodeReply {
  readonly kind: "encode";
  readonly storedCount: number;
}

/** The answer to a Work. */
export type ReplyOf<W extends Work> = W extends MatchWork ? MatchReply : EncodeReply;
