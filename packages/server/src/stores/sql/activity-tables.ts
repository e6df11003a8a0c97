import { type Generated, type Kysely, sql } from "kysely";

/** The tables of activity. */
export interface ActivityTables {
  events: EventsTable;
  erased_users: ErasedUsersTable;
}

interface EventsTable {
  tenant: string;
  user_id: string;
  id: string;
  sequence: bigint;
  type: number;
  movie_id: string;
  doc: Uint8Array;
  /** Milliseconds since the epoch. */
  recorded_at: Generated<bigint>;
}

/** Users whose data was erased, by digests of their ids: nothing of them comes back by a retry or by a restored backup. */
interface ErasedUsersTable {
  tenant: string;
  /** See `digestOfUser`. */
  user_digest: Uint8Array;
  /** Events of before this instant are not recorded. Milliseconds since the epoch. */
  until: bigint;
}

/** The migration that makes them. */
export async function createActivity(db: Kysely<unknown>): Promise<void> {
  await sql`create sequence cinedeepmatch.event_sequence`.execute(db);
  await sql`
    create table cinedeepmatch.events (
      tenant text not null,
      user_id text not null,
      id text not null,
      sequence bigint not null,
      type smallint not null,
      movie_id text not null,
      doc bytea not null,
      primary key (tenant, user_id, id)
    )`.execute(db);
  await sql`create index events_by_sequence on cinedeepmatch.events (tenant, user_id, sequence desc)`.execute(db);
}

/**
 * The migration that dates events, for their pruning. Those that are there already count as recorded now. Servers that
 * know nothing of the column go on writing: the database fills it in.
 */
export async function dateEvents(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table cinedeepmatch.events
      add column recorded_at bigint not null default (extract(epoch from now()) * 1000)::bigint`.execute(db);
  // Events are recorded in the order of this column, for which such an index takes next to no space.
  await sql`create index events_by_age on cinedeepmatch.events using brin (recorded_at)`.execute(db);
}

/** The migration that remembers whose data was erased. */
export async function rememberErasures(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table cinedeepmatch.erased_users (
      tenant text not null,
      user_digest bytea not null,
      until bigint not null,
      primary key (tenant, user_digest)
    )`.execute(db);
}

/** The migration that lets a tenant's events be read in the order of their recording. */
export async function orderEvents(db: Kysely<unknown>): Promise<void> {
  await sql`create index events_in_order on cinedeepmatch.events (tenant, sequence)`.execute(db);
}
