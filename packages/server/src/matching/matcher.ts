import { toJson } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import {
  ErrorReason,
  type Event,
  EventType,
  type MovieFilter,
  type MovieFilterJson,
  MovieFilterSchema,
} from "@cinedeepmatch/contract";
import type { ActivityStore } from "./activity-store.js";
import type { CatalogStore } from "./catalog-store.js";
import type { Lane, MatchQueue } from "./match-queue.js";
import type { MatchReply, MatchWork, RecentEvent, WeightedId } from "./match-work.js";
import { movieNotFound, ServiceError } from "./service-error.js";
import type { TasteModels, TasteOutcome } from "./taste-models.js";

/** What to match; see MatchRequest for the meaning of each part. */
export interface MatchQuery {
  readonly text: string;
  /** Whether the text is only read quickly; in full unless told. */
  readonly quick?: boolean;
  readonly movies: readonly WeightedId[];
  readonly people: readonly WeightedId[];
  readonly userId: string | undefined;
  /** Oldest first. */
  readonly session: readonly Event[] | undefined;
  readonly filter: MovieFilter | undefined;
  readonly excludeIds: readonly string[];
  readonly excludeSeen: boolean;
  readonly diversity: number;
  readonly offset: number;
  readonly limit: number;
  readonly explain: boolean;
}

/** Who asks, how urgently, and until when. */
export interface MatchCall {
  readonly tenant: string;
  readonly subject: string;
  readonly scope: string;
  readonly lane: Lane;
  readonly deadline: number;
  readonly signal: AbortSignal;
}

/** What a {@link Matcher} works with. */
export interface MatcherPorts {
  readonly catalog: CatalogStore;
  readonly activity: ActivityStore;
  readonly queue: MatchQueue;
  readonly tasteModels?: TasteModels | undefined;
}

/** How many of a user's events make up their taste, and how many where a registered model may read them. */
const HISTORY_LENGTH = 50;
const MODEL_HISTORY_LENGTH = 200;

/** Events after which a movie counts as seen. */
export const SEEN_EVENTS: ReadonlySet<EventType> = new Set([
  EventType.WATCHED,
  EventType.LIKED,
  EventType.DISLIKED,
  EventType.RATED,
  EventType.HIDDEN,
]);

/**
 * Makes a match of a query: checks what it refers to, reads the user's history afresh (so that a click counts at
 * once), and has a model worker rank.
 */
export class Matcher {
  readonly #catalog: CatalogStore;
  readonly #activity: ActivityStore;
  readonly #queue: MatchQueue;
  readonly #tasteModels: TasteModels | undefined;

  /** @param ports without `tasteModels`, taste is likeness of content */
  constructor(ports: MatcherPorts) {
    this.#catalog = ports.catalog;
    this.#activity = ports.activity;
    this.#queue = ports.queue;
    this.#tasteModels = ports.tasteModels;
  }

  async match(query: MatchQuery, call: MatchCall): Promise<MatchReply> {
    checkAsks(query);
    this.#queue.checkRoom(call);
    const asker = askerOf(query);
    const taste = asker === undefined ? undefined : await this.#tasteModels?.choose(call.tenant, asker);
    const length = (taste?.answers ?? taste?.shadow) === undefined ? HISTORY_LENGTH : MODEL_HISTORY_LENGTH;
    const [recent, seen] = await Promise.all([
      this.#history(query, call.tenant, length),
      this.#seen(query, call.tenant),
      this.#checkReferences(query, call.tenant),
    ]);
    const work = {
      kind: "match",
      text: query.text,
      ...(query.quick && { quick: true }),
      movies: query.movies,
      people: query.people,
      recent,
      filter: query.filter && (toJson(MovieFilterSchema, query.filter) as MovieFilterJson),
      excludeIds: [...query.excludeIds, ...seen],
      diversity: query.diversity,
      offset: query.offset,
      limit: query.limit,
      explain: query.explain,
      ...(taste && { taste }),
    } as const;
    return this.#run(work, call);
  }

  /** Has it ranked, and tells how the registered models fared. */
  async #run(work: MatchWork, call: MatchCall): Promise<MatchReply> {
    const { taste } = work;
    try {
      const reply = await this.#queue.run(work, call);
      if (reply.taste !== undefined) this.#tasteModels?.ended(call.tenant, { ...UNKNOWN_OUTCOME, ...reply.taste });
      return reply;
    } catch (error) {
      const faulty = error instanceof ServiceError && MODEL_FAULTS.has(error.reason);
      if (taste?.answers !== undefined && faulty) {
        this.#tasteModels?.ended(call.tenant, { ...UNKNOWN_OUTCOME, failed: [taste.answers] });
      }
      throw error;
    }
  }

  async #history(query: MatchQuery, tenant: string, length: number): Promise<RecentEvent[] | undefined> {
    if (query.userId !== undefined) {
      const events = await this.#activity.recentEvents(tenant, query.userId, length);
      return events.map(toRecentEvent);
    }
    return query.session?.slice(-length).reverse().map(toRecentEvent);
  }

  async #seen(query: MatchQuery, tenant: string): Promise<string[]> {
    if (!query.excludeSeen) return [];
    if (query.userId !== undefined) return this.#activity.seenMovieIds(tenant, query.userId);
    return (query.session ?? []).filter(({ type }) => SEEN_EVENTS.has(type)).map(({ movieId }) => movieId);
  }

  async #checkReferences(query: MatchQuery, tenant: string): Promise<void> {
    const movieIds = query.movies.map(({ id }) => id);
    const personIds = query.people.map(({ id }) => id);
    const [missing, people] = await Promise.all([
      movieIds.length > 0 ? this.#catalog.missingIds(tenant, movieIds) : [],
      personIds.length > 0 ? this.#catalog.getPeople(tenant, personIds) : new Map(),
    ]);
    if (missing[0] !== undefined) throw movieNotFound(missing[0]);
    const nobody = personIds.find((id) => !people.has(id));
    if (nobody !== undefined) {
      throw new ServiceError(ErrorReason.PERSON_NOT_FOUND, `There is no person with the id "${nobody}".`, {
        metadata: { person_id: nobody },
      });
    }
  }
}

const UNKNOWN_OUTCOME: TasteOutcome = { answered: undefined, ms: undefined, failed: [], shadows: [] };

/** Failures that a model may be the cause of. */
const MODEL_FAULTS: ReadonlySet<ErrorReason> = new Set([ErrorReason.INTERNAL, ErrorReason.DEADLINE_EXCEEDED]);

/**
 * What stands for whoever asks, so that they always get the same of two models; undefined where no taste is asked for. A
 * session is known by its oldest event, which stays while it grows.
 */
function askerOf({ userId, session }: MatchQuery): string | undefined {
  if (userId !== undefined) return `user:${userId}`;
  const [oldest] = session ?? [];
  return session && `session:${oldest?.id ?? ""}:${oldest?.movieId ?? ""}:${oldest?.eventTime?.seconds ?? ""}`;
}

function checkAsks(query: MatchQuery): void {
  const named = query.userId !== undefined || query.session !== undefined;
  if (query.text.trim() === "" && query.movies.length === 0 && query.people.length === 0 && !named) {
    throw new ServiceError(
      ErrorReason.QUERY_EMPTY,
      "Say what to match: text, movies, people, user_id or session must be given.",
      { violations: [{ field: "text", description: "one of text, movies, people, user_id and session is needed" }] },
    );
  }
  if (query.excludeSeen && !named) {
    throw new ServiceError(ErrorReason.USER_REQUIRED, "exclude_seen needs user_id or session to know what was seen.", {
      violations: [{ field: "exclude_seen", description: "needs user_id or session" }],
    });
  }
}

function toRecentEvent(event: Event): RecentEvent {
  const ageMs = event.eventTime === undefined ? 0 : Date.now() - timestampMs(event.eventTime);
  return {
    movieId: event.movieId,
    type: event.type,
    ageSeconds: Math.max(0, ageMs / 1000),
    ...(event.rating !== undefined && { rating: event.rating }),
  };
}
