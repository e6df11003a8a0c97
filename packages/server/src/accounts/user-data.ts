import type { Event } from "@cinedeepmatch/contract";
import type { ActivityStore } from "../matching/activity-store.js";
import type { MatchJobStore } from "../matching/match-job-store.js";
import type { AccountStore, ErasedUser, StoredUserData } from "./account-store.js";
import type { Revoker } from "./revoker.js";

/** What an erasure erased. */
export interface ErasedUserData extends ErasedUser {
  readonly eventCount: number;
}

/** Where something is stored about users. */
export interface UserDataPorts {
  readonly accounts: AccountStore;
  readonly activity: ActivityStore;
  readonly jobs: MatchJobStore;
  readonly revoker: Revoker;
  readonly now?: () => number;
}

/** How long nothing is recorded about a user who was erased: as long as calls under way and their retries may take. */
export const QUIET_MS = 10 * 60_000;

const EVENTS_PER_PAGE = 500;

/**
 * Everything that is stored about a user. Whatever else comes to be stored about users belongs here as well: what the
 * queue and the limits hold of them ends by itself within an hour, and is not.
 */
export class UserData {
  readonly #accounts: AccountStore;
  readonly #activity: ActivityStore;
  readonly #jobs: MatchJobStore;
  readonly #revoker: Revoker;
  readonly #now: () => number;

  constructor(ports: UserDataPorts) {
    this.#accounts = ports.accounts;
    this.#activity = ports.activity;
    this.#jobs = ports.jobs;
    this.#revoker = ports.revoker;
    this.#now = ports.now ?? Date.now;
  }

  /** The user's account and what belongs to it. */
  account(tenant: string, userId: string): Promise<StoredUserData> {
    return this.#accounts.exportUser(tenant, userId);
  }

  /** The user's events, newest first, a page at a time. */
  async *events(tenant: string, userId: string): AsyncGenerator<Event[]> {
    let cursor: string | undefined;
    do {
      const page = await this.#activity.listEvents(tenant, userId, { cursor, limit: EVENTS_PER_PAGE });
      if (page.items.length > 0) yield page.items;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }

  /** Erases all of it. What fails halfway is completed by erasing again. */
  async erase(tenant: string, userId: string): Promise<ErasedUserData> {
    // The tokens first: from then on the user's own devices add nothing.
    const erased = await this.#revoker.eraseUser(tenant, userId);
    await this.#jobs.deleteForUser(tenant, userId);
    const eventCount = await this.#activity.eraseEvents(tenant, userId, this.#now() + QUIET_MS);
    return { ...erased, eventCount };
  }
}
