import { CreditRole } from "@cinedeepmatch/contract";
import { expect, test } from "vitest";
import type { CatalogSuite } from "./catalog-suite.js";
import { actors, sampleMovie } from "./testing/sample-movies.js";

/** People and their credits. */
export function testPeople({ store, newTenant }: CatalogSuite): void {
  test("people come and go with their credits", async () => {
    const tenant = newTenant();
    await store().upsertMovies(tenant, [
      sampleMovie("a", { credits: actors("Tom Hanks", "Meg Ryan") }),
      sampleMovie("b", { credits: actors("Tom Hanks") }),
    ]);
    await store().upsertMovies(tenant, [sampleMovie("a", { credits: actors("Tom Hanks", "Bill Pullman") })]);
    const people = await store().getPeople(tenant, ["tom-hanks", "meg-ryan", "bill-pullman"]);
    expect([...people.values()].map(({ id, creditCount }) => [id, creditCount]).sort()).toEqual([
      ["bill-pullman", 1],
      ["tom-hanks", 2],
    ]);
    await store().deleteMovie(tenant, "b", "");
    expect((await store().getPeople(tenant, ["tom-hanks"])).get("tom-hanks")?.creditCount).toBe(1);
    expect((await store().status(tenant, "m")).personCount).toBe(2);
  });

  test("a person shows the latest spelling of the name and is found by it", async () => {
    const tenant = newTenant();
    const credit = (displayName: string) => ({ personId: "p1", displayName, role: CreditRole.DIRECTOR });
    await store().createMovie(tenant, sampleMovie("a", { credits: [credit("Penelope Cruz")] }));
    await store().upsertMovies(tenant, [sampleMovie("a", { credits: [credit("Penélope Cruz Sánchez")] })]);
    expect((await store().getPeople(tenant, ["p1"])).get("p1")?.displayName).toBe("Penélope Cruz Sánchez");
    const found = await store().listPeople(tenant, { nameQuery: "sanch pen", cursor: undefined, limit: 10 });
    expect(found.items.map(({ id }) => id)).toEqual(["p1"]);
  });

  test("people are listed by number of credits, over pages, and found by beginnings of words", async () => {
    const tenant = newTenant();
    await store().upsertMovies(tenant, [
      sampleMovie("a", { credits: actors("Tom Hanks", "Tom Cruise", "Meg Ryan") }),
      sampleMovie("b", { credits: actors("Tom Hanks", "Meg Ryan") }),
      sampleMovie("c", { credits: actors("Tom Hanks") }),
    ]);
    const first = await store().listPeople(tenant, { nameQuery: "", cursor: undefined, limit: 2 });
    const second = await store().listPeople(tenant, { nameQuery: "", cursor: first.nextCursor, limit: 2 });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(["tom-hanks", "meg-ryan", "tom-cruise"]);
    expect(second.nextCursor).toBeUndefined();
    const found = await store().listPeople(tenant, { nameQuery: "c TO", cursor: undefined, limit: 10 });
    expect(found.items.map(({ displayName }) => displayName)).toEqual(["Tom Cruise"]);
  });

  test("a person's credits are listed newest movie first, several in one movie each for itself", async () => {
    const tenant = newTenant();
    const roles = [CreditRole.DIRECTOR, CreditRole.WRITER, CreditRole.ACTOR].map((role) => ({
      displayName: "Ida Lupino",
      role,
    }));
    await store().upsertMovies(tenant, [
      sampleMovie("old", { releaseYear: 1950, credits: [...roles.slice(0, 2), ...actors("Somebody Else")] }),
      sampleMovie("new", { releaseYear: 1953, credits: [...actors("Somebody Else"), ...roles] }),
      sampleMovie("undated", { credits: actors("Ida Lupino") }),
    ]);
    const listed: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await store().listPersonCredits(tenant, "ida-lupino", { cursor, limit: 2 });
      listed.push(
        ...page.items.map(
          ({ movieId, title, releaseYear, credit }) => `${movieId} ${title} ${releaseYear} ${credit?.role}`,
        ),
      );
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(listed).toEqual([
      "new The new 1953 2",
      "new The new 1953 3",
      "new The new 1953 1",
      "old The old 1950 2",
      "old The old 1950 3",
      "undated The undated 0 1",
    ]);
    expect((await store().getPeople(tenant, ["ida-lupino"])).get("ida-lupino")?.creditCount).toBe(6);
  });

  test("a person of a given id keeps its case; names in other scripts have ids", async () => {
    const tenant = newTenant();
    const credits = [
      { personId: "nm0000158", displayName: "A" },
      { personId: "NM0000158", displayName: "B" },
      { displayName: "宮崎 駿" },
    ];
    await store().createMovie(tenant, sampleMovie("a", { credits }));
    const page = await store().listPersonCredits(tenant, "NM0000158", { cursor: undefined, limit: 10 });
    expect(page.items.map(({ credit }) => credit?.displayName)).toEqual(["B"]);
    expect((await store().getPeople(tenant, ["宮崎-駿", "nm0000158", "NM0000158"])).size).toBe(3);
  });
}
