import type { Event } from "@cinedeepmatch/contract";
import type { CursorQuery, Page } from "./catalog-store.js";

/**
 * Keeps what users did. Each adapter passes the same suite of tests, `stores/activity-store.suite.ts`. An event that
 * was acknowledged is safe on disk and is part of every later read.
 */
export interface ActivityStore {
  /**
   * Records events that have an id, a user id and a time: all or none. An event whose user and id are stored already,
   * or come twice in one call, is a duplicate.
   */
  recordEvents(tenant: string, events: readonly Event[]): Promise<RecordedEvents>;

  /** A user's most recently recorded events, newest first. */
  recentEvents(tenant: string, userId: string, limit: number): Promise<Event[]>;

  /** The ids of all movies that a user has watched, rated, liked, disliked or hidden. */
  seenMovieIds(tenant: string, userId: string): Promise<string[]>;

  /** A page of a user's events, newest first. */
  listEvents(tenant: string, userId: string, query: CursorQuery): Promise<Page<Event>>;

  /**
   * Erases a user's events, and remembers by a digest of the user's id that it did. From then on an event of the user
   * that happened before `until` is acknowledged as a duplicate and not stored, also one that is being recorded at this
   * moment.
   *
   * @param until milliseconds since the epoch
   * @returns how many events there were
   */
  eraseEvents(tenant: string, userId: string, until: number): Promise<number>;

  /** A page of all users' events in the order of their recording. */
  listAllEvents(tenant: string, query: CursorQuery): Promise<Page<Event>>;
}

/** What came of a recording. */
export interface RecordedEvents {
  readonly recordedCount: number;
  readonly duplicateCount: number;
  /** Grows with every recording of the tenant. */
  readonly sequence: bigint;
}
