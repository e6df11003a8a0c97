import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type Event, EventSchema, EventType } from "@cinedeepmatch/contract";
import { type Kysely, sql } from "kysely";
import type { ActivityStore, RecordedEvents } from "../../matching/activity-store.js";
import type { CursorQuery, Page } from "../../matching/catalog-store.js";
import { base64 } from "../base64.js";
import { decodeCursor, pageOf } from "../cursor.js";
import { inSlices } from "../in-slices.js";
import type { ActivityTables } from "./activity-tables.js";
import { digestOfUser, eraseEvents, HOLD_ERASURES } from "./erase-events.js";
import { transactOn } from "./transact.js";

const EVENTS_PER_STATEMENT = 500;

/** What a user has seen enough of not to be shown again. */
const SEEN = [EventType.WATCHED, EventType.RATED, EventType.LIKED, EventType.DISLIKED, EventType.HIDDEN];

/** What users did, in a database with the tables of `activity-tables.ts`. */
export function createSqlActivityStore(db: Kysely<ActivityTables>): ActivityStore {
  const transact = transactOn(db);
  return {
    recordEvents: (tenant, events) => transact((transaction) => recordEvents(transaction, tenant, events)),
    recentEvents: async (tenant, userId, limit) =>
      (await selectEvents(db, tenant, userId, undefined, limit)).map(eventOf),
    seenMovieIds: (tenant, userId) => seenMovieIds(db, tenant, userId),
    listEvents: (tenant, userId, query) => listEvents(db, tenant, userId, query),
    eraseEvents: (tenant, userId, until) => eraseEvents(db, tenant, userId, until),
    listAllEvents: (tenant, query) => listAllEvents(db, tenant, query),
  };
}

type NumberedEvent = { readonly event: Event; readonly sequence: bigint };

async function recordEvents(
  db: Kysely<ActivityTables>,
  tenant: string,
  events: readonly Event[],
): Promise<RecordedEvents> {
  let recordedCount = 0;
  const numbered = (await numberEvents(db, events)).sort(byKey);
  for (const slice of inSlices(numbered, EVENTS_PER_STATEMENT)) recordedCount += await insertEvents(db, tenant, slice);
  // Of all tenants, and therefore not smaller than the sequence of an event that turned out to be a duplicate.
  const { rows } = await sql<{ last_value: bigint }>`select last_value from cinedeepmatch.event_sequence`.execute(db);
  return { recordedCount, duplicateCount: events.length - recordedCount, sequence: rows[0]?.last_value ?? 0n };
}

async function numberEvents(db: Kysely<ActivityTables>, events: readonly Event[]): Promise<NumberedEvent[]> {
  const { rows } = await sql<{ sequence: bigint }>`
    with held as materialized (${HOLD_ERASURES})
    select nextval('cinedeepmatch.event_sequence') as sequence from held, generate_series(1, ${events.length}::integer)
    order by sequence`.execute(db);
  return events.map((event, at) => ({ event, sequence: rows[at]?.sequence ?? 0n }));
}

/** Two calls that record the same events take their keys in the same order: neither waits for the other's. */
function byKey({ event: left }: NumberedEvent, { event: right }: NumberedEvent): number {
  return compare(left.userId, right.userId) || compare(left.id, right.id);
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

async function insertEvents(
  db: Kysely<ActivityTables>,
  tenant: string,
  events: readonly NumberedEvent[],
): Promise<number> {
  const input = events.map(({ event, sequence }) => ({
    user_id: event.userId,
    id: event.id,
    sequence: String(sequence),
    type: event.type,
    movie_id: event.movieId,
    doc: base64(toBinary(EventSchema, event)),
    user: digestOfUser(tenant, event.userId).toString("base64"),
    at: event.eventTime === undefined ? 0 : timestampMs(event.eventTime),
  }));
  const { rows } = await sql`
    insert into cinedeepmatch.events (tenant, user_id, id, sequence, type, movie_id, doc)
    select ${tenant}, user_id, id, sequence, type, movie_id, decode(doc, 'base64')
    from json_to_recordset(${JSON.stringify(input)}::json)
      as r (user_id text, id text, sequence bigint, type smallint, movie_id text, doc text, "user" text, at float8)
    where not exists (select 1 from cinedeepmatch.erased_users erased where erased.tenant = ${tenant}
      and erased.user_digest = decode(r."user", 'base64') and r.at < erased.until)
    on conflict (tenant, user_id, id) do nothing
    returning id`.execute(db);
  return rows.length;
}

async function seenMovieIds(db: Kysely<ActivityTables>, tenant: string, userId: string): Promise<string[]> {
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
  db: Kysely<ActivityTables>,
  tenant: string,
  userId: string,
  query: CursorQuery,
): Promise<Page<Event>> {
  const [before] = decodeCursor(query.cursor, ["number"]) ?? [];
  const rows = await selectEvents(db, tenant, userId, before, query.limit + 1);
  return pageOf(rows, query.limit, (row) => [Number(row.sequence)], eventOf);
}

async function listAllEvents(db: Kysely<ActivityTables>, tenant: string, query: CursorQuery): Promise<Page<Event>> {
  const [after] = decodeCursor(query.cursor, ["number"]) ?? [];
  const rows = await db
    .selectFrom("events")
    .select(["doc", "sequence"])
    .where("tenant", "=", tenant)
    .where("sequence", ">", BigInt(Math.trunc(after ?? 0)))
    .orderBy("sequence")
    .limit(query.limit + 1)
    .execute();
  return pageOf(rows, query.limit, (row) => [Number(row.sequence)], eventOf);
}

function selectEvents(
  db: Kysely<ActivityTables>,
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
