import { create, equals, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Event, EventSchema, EventType } from "@cinedeepmatch/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ActivityStore } from "../matching/activity-store.js";

/** A kind of activity store that the suite can test. */
export interface ActivityStoreFixture {
  /** Opens the store; after `close` the same one again, with what was written. */
  open(): Promise<ActivityStore>;
  close(): Promise<void>;
}

function event(id: string, fields: MessageInitShape<typeof EventSchema> = {}): Event {
  return create(EventSchema, {
    id,
    userId: "u",
    movieId: `m-${id}`,
    type: EventType.VIEWED,
    eventTime: timestampFromMs(1_700_000_000_000),
    ...fields,
  });
}

/** The tests that every activity store must pass. */
export function testActivityStore(name: string, fixture: ActivityStoreFixture): void {
  describe(name, () => {
    let store: ActivityStore;
    let tenantCount = 0;
    const newTenant = () => `activity-${++tenantCount}`;
    const idsOf = (events: readonly Event[]) => events.map(({ id }) => id);
    beforeAll(async () => {
      store = await fixture.open();
    });
    afterAll(() => fixture.close());

    test("recorded events are read as they were written, newest first", async () => {
      const tenant = newTenant();
      const rated = event("2", { type: EventType.RATED, rating: 0, matchId: "x", movieId: "千と\\'" });
      expect(await store.recordEvents(tenant, [event("1"), rated, event("3")])).toMatchObject({
        recordedCount: 3,
        duplicateCount: 0,
      });
      const events = await store.recentEvents(tenant, "u", 10);
      expect(idsOf(events)).toEqual(["3", "2", "1"]);
      expect(equals(EventSchema, events[1] as Event, rated)).toBe(true);
      expect(idsOf(await store.recentEvents(tenant, "u", 2))).toEqual(["3", "2"]);
      expect(await store.recentEvents(tenant, "nobody", 2)).toEqual([]);
    });

    test("an event counts once, within a call and across calls, for each user", async () => {
      const tenant = newTenant();
      expect(await store.recordEvents(tenant, [event("1"), event("1"), event("1", { userId: "v" })])).toMatchObject({
        recordedCount: 2,
        duplicateCount: 1,
      });
      const again = await store.recordEvents(tenant, [event("1", { movieId: "other" }), event("2")]);
      expect(again).toMatchObject({ recordedCount: 1, duplicateCount: 1 });
      const [, first] = await store.recentEvents(tenant, "u", 10);
      expect(first?.movieId).toBe("m-1");
      expect(idsOf(await store.recentEvents(tenant, "v", 10))).toEqual(["1"]);
    });

    test("50 concurrent calls with one event record it once", async () => {
      const tenant = newTenant();
      const recorded = await Promise.all(Array.from({ length: 50 }, () => store.recordEvents(tenant, [event("1")])));
      expect(recorded.reduce((sum, { recordedCount }) => sum + recordedCount, 0)).toBe(1);
      expect(await store.recentEvents(tenant, "u", 10)).toHaveLength(1);
    });

    test("the sequence grows with every recording and is no smaller for a repeated one", async () => {
      const tenant = newTenant();
      const first = await store.recordEvents(tenant, [event("1")]);
      const second = await store.recordEvents(tenant, [event("2")]);
      const repeated = await store.recordEvents(tenant, [event("2")]);
      expect(second.sequence > first.sequence).toBe(true);
      expect(repeated.sequence >= second.sequence).toBe(true);
    });

    test("a call with an event that cannot be stored records none", async () => {
      const tenant = newTenant();
      await expect(store.recordEvents(tenant, [event("1"), event("bad\0")])).rejects.toThrow();
      expect(await store.recentEvents(tenant, "u", 10)).toEqual([]);
    });

    test("movies that were viewed, clicked or put on a list do not count as seen", async () => {
      const tenant = newTenant();
      const types = Object.values(EventType).filter(
        (type): type is EventType => typeof type === "number" && type !== 0,
      );
      const events = types.flatMap((type) =>
        [`${type}-a`, `${type}-b`].map((id) => event(id, { type, movieId: EventType[type] })),
      );
      await store.recordEvents(tenant, events);
      expect((await store.seenMovieIds(tenant, "u")).sort()).toEqual([
        "DISLIKED",
        "HIDDEN",
        "LIKED",
        "RATED",
        "WATCHED",
      ]);
    });

    test("pages hold every event once while new ones arrive", async () => {
      const tenant = newTenant();
      await store.recordEvents(
        tenant,
        Array.from({ length: 1000 }, (_, index) => event(`${index}`)),
      );
      const listed: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.listEvents(tenant, "u", { cursor, limit: 150 });
        listed.push(...idsOf(page.items));
        cursor = page.nextCursor;
        await store.recordEvents(tenant, [event(`new-${listed.length}`)]);
      } while (cursor !== undefined);
      expect(listed).toEqual(Array.from({ length: 1000 }, (_, index) => `${999 - index}`));
    });

    test("pages of all users' events come in the order of their recording and miss none that come meanwhile", async () => {
      const tenant = newTenant();
      const users = ["ada", "bob", "eve"];
      await store.recordEvents(
        tenant,
        Array.from({ length: 30 }, (_, index) => event(`${index}`, { userId: users[index % 3] as string })),
      );
      await store.recordEvents(newTenant(), [event("foreign")]);
      const listed: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.listAllEvents(tenant, { cursor, limit: 7 });
        listed.push(...idsOf(page.items));
        if (cursor === undefined) await store.recordEvents(tenant, [event("30")]);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      expect(listed).toEqual(Array.from({ length: 31 }, (_, index) => `${index}`));
    });

    test("tenants never see each other", async () => {
      const [one, other] = [newTenant(), newTenant()];
      await store.recordEvents(one, [event("1")]);
      expect(await store.recentEvents(other, "u", 10)).toEqual([]);
      expect(await store.recordEvents(other, [event("1")])).toMatchObject({ recordedCount: 1 });
    });

    describe("an erasure", () => {
      const ERASED_AT = 1_700_000_100_000;
      const after = (id: string) => event(id, { eventTime: timestampFromMs(ERASED_AT) });

      test("takes all events of one user of one tenant, and a second one finds nothing", async () => {
        const [tenant, other] = [newTenant(), newTenant()];
        const many = Array.from({ length: 1_000 }, (_, index) => event(`${index}`));
        await store.recordEvents(tenant, many);
        await store.recordEvents(tenant, [event("last"), event("1", { userId: "v" })]);
        await store.recordEvents(other, [event("1")]);
        expect(await store.eraseEvents(tenant, "u", ERASED_AT)).toBe(1_001);
        expect(await store.eraseEvents(tenant, "u", ERASED_AT)).toBe(0);
        expect(await store.recentEvents(tenant, "u", 10)).toEqual([]);
        expect(await store.seenMovieIds(tenant, "u")).toEqual([]);
        expect(idsOf(await store.recentEvents(tenant, "v", 10))).toEqual(["1"]);
        expect(idsOf(await store.recentEvents(other, "u", 10))).toEqual(["1"]);
      });

      test("is not undone by events of before it, which count as duplicates; what happens afterwards is kept", async () => {
        const tenant = newTenant();
        await store.recordEvents(tenant, [event("1")]);
        await store.eraseEvents(tenant, "u", ERASED_AT);
        const late = await store.recordEvents(tenant, [
          event("1"),
          event("2"),
          after("3"),
          event("4", { userId: "v" }),
        ]);
        expect(late).toMatchObject({ recordedCount: 2, duplicateCount: 2 });
        expect(idsOf(await store.recentEvents(tenant, "u", 10))).toEqual(["3"]);
        // An erasure never becomes less.
        await store.eraseEvents(tenant, "u", ERASED_AT - 50_000);
        expect(await store.recordEvents(tenant, [event("5")])).toMatchObject({ recordedCount: 0 });
      });

      test("reaches the events that are being recorded at the same moment", async () => {
        const tenant = newTenant();
        const recordings = Array.from({ length: 40 }, (_, index) => store.recordEvents(tenant, [event(`${index}`)]));
        const [erased] = await Promise.all([store.eraseEvents(tenant, "u", ERASED_AT), ...recordings]);
        expect(await store.recentEvents(tenant, "u", 10)).toEqual([]);
        expect(erased).toBeLessThanOrEqual(40);
      });

      test("is remembered after reopening", async () => {
        const tenant = newTenant();
        await store.eraseEvents(tenant, "u", ERASED_AT);
        await fixture.close();
        store = await fixture.open();
        expect(await store.recordEvents(tenant, [event("1")])).toMatchObject({ recordedCount: 0, duplicateCount: 1 });
      });
    });

    test("everything is there after reopening, and the sequence goes on growing", async () => {
      const tenant = newTenant();
      const { sequence } = await store.recordEvents(tenant, [event("1", { type: EventType.LIKED })]);
      await fixture.close();
      store = await fixture.open();
      expect(idsOf(await store.recentEvents(tenant, "u", 10))).toEqual(["1"]);
      expect(await store.seenMovieIds(tenant, "u")).toEqual(["m-1"]);
      expect((await store.recordEvents(tenant, [event("2")])).sequence > sequence).toBe(true);
    });
  });
}
