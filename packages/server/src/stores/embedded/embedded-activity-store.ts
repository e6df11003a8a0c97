import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Event, EventSchema, EventType } from "@cinedeepmatch/contract";
import { type Kysely, sql } from "kysely";
import type { ActivityStore, RecordedEvents } from "../../matching/activity-store.js";
import type { CursorQuery, Page } from "../../matching/catalog-store.js";
import { decodeCursor, pageOf } from "../cursor.js";
import { inSlices } from "./in-slices.js";
import { base64 } from "./movie-row.js";
import type { EmbeddedTables } from "./schema.js";

const EVENTS_PER_STATEMENT = 500;

/** What a user has seen enough of not to be shown again. */
const SEEN = [EventType.WATCHED, EventType.RATED, EventType.LIKED, EventType.DISLIKED, EventType.HIDDEN];

/** What users did, in the embedded database; see `openDatabase`. */
export function createEmbeddedActivityStore({ db }: { readonly db: Kysely<EmbeddedTables> }): ActivityStore {
  return {
    recordEvents: (tenant, events) =>
      db.transaction().execute((transaction) => recordEvents(transaction, tenant, events)),
    recentEvents: async (tenant, userId, limit) =>
      (await selectEvents(db, tenant, userId, undefined, limit)).map(eventOf),
    seenMovieIds: (tenant, userId) => seenMovieIds(db, tenant, userId),
    listEvents: (tenant, userId, query) => listEvents(db, tenant, userId, query),
  };
}

async function recordEvents(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  events: readonly Event[],
): Promise<RecordedEvents> {
  let recordedCount = 0;
  for (const slice of inSlices(events, EVENTS_PER_STATEMENT)) recordedCount += await insertEvents(db, tenant, slice);
  // Of all tenants, and therefore not smaller than the sequence of an event that turned out to be a duplicate.
  const { rows } = await sql<{ last_value: bigint }>`select last_value from cinedeepmatch.event_sequence`.execute(db);
  return { recordedCount, duplicateCount: events.length - recordedCount, sequence: rows[0]?.last_value ?? 0n };
}

async function insertEvents(db: Kysely<EmbeddedTables>, tenant: string, events: readonly Event[]): Promise<number> {
  const input = events.map((event) => ({
    user_id: event.userId,
    id: event.id,
    type: event.type,
    movie_id: event.movieId,
    doc: base64(toBinary(EventSchema, event)),
  }));
  const { rows } = await sql`
    insert into cinedeepmatch.events (tenant, user_id, id, sequence, type, movie_id, doc)
    select ${tenant}, user_id, id, nextval('cinedeepmatch.event_sequence'), type, movie_id, decode(doc, 'base64')
    from json_to_recordset(${JSON.stringify(input)}::json)
      as r (user_id text, id text, type smallint, movie_id text, doc text)
    on conflict (tenant, user_id, id) do nothing
    returning id`.execute(db);
  return rows.length;
}

async function seenMovieIds(db: Kysely<EmbeddedTables>, tenant: string, userId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("events")
    .select("movie_id")
    .distinct()
    .where("tenant", "=", tenant)
    .where("user_id", "=", userId)
    .where("type", "in", SEEN)
    .execute();
  return rows.map((row) => row.movie_id);
}

async function listEvents(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  userId: string,
  query: CursorQuery,
): Promise<Page<Event>> {
  const [before] = decodeCursor(query.cursor, ["number"]) ?? [];
  const rows = await selectEvents(db, tenant, userId, before, query.limit + 1);
  return pageOf(rows, query.limit, (row) => [Number(row.sequence)], eventOf);
}

function selectEvents(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  userId: string,
  before: number | undefined,
  limit: number,
): Promise<{ doc: Uint8Array; sequence: bigint }[]> {
  const select = db
    .selectFrom("events")
    .select(["doc", "sequence"])
    .where("tenant", "=", tenant)
    .where("user_id", "=", userId)
    .orderBy("sequence", "desc")
    .limit(limit);
  return (before === undefined ? select : select.where("sequence", "<", BigInt(Math.trunc(before)))).execute();
}

function eventOf(row: { readonly doc: Uint8Array }): Event {
  return fromBinary(EventSchema, row.doc);
}
