import { createHash } from "node:crypto";
import type { Movie } from "@cinedeepmatch/contract";
import { afterAll, beforeAll, describe } from "vitest";
import type { CatalogStore } from "../matching/catalog-store.js";
import { testFeed } from "./catalog-feed.suite.js";
import { testImports } from "./catalog-import.suite.js";
import { testLists } from "./catalog-list.suite.js";
import { testPeople } from "./catalog-people.suite.js";
import { testReopening } from "./catalog-reopening.suite.js";
import type { CatalogSuite } from "./catalog-suite.js";
import { testTexts } from "./catalog-texts.suite.js";
import { testWrites } from "./catalog-write.suite.js";

/** A kind of catalogue store that the suite can test. */
export interface CatalogStoreFixture {
  /** Opens the store; after `close` the same one again, with what was written. */
  open(textDigest: (movie: Movie) => string): Promise<CatalogStore>;
  close(): Promise<void>;
}

const notes = new Map<string, string>();

function digestOf({ id, title, synopsis }: Movie): string {
  return createHash("sha256")
    .update(`${title}|${synopsis}|${notes.get(id) ?? ""}`)
    .digest("hex");
}

/** The tests that every catalogue store must pass. */
export function testCatalogStore(name: string, fixture: CatalogStoreFixture): void {
  describe(name, () => {
    let opened: CatalogStore;
    let tenantCount = 0;
    const open = async () => {
      opened = await fixture.open(digestOf);
    };
    const suite: CatalogSuite = {
      store: () => opened,
      newTenant: () => `tenant-${++tenantCount}`,
      reopen: async () => {
        await fixture.close();
        await open();
      },
    };
    beforeAll(open);
    afterAll(() => fixture.close());
    describe("writes", () => testWrites(suite));
    describe("imports", () => testImports(suite));
    describe("lists", () => testLists(suite));
    describe("people", () => testPeople(suite));
    describe("feed and vectors", () => testFeed(suite));
    describe("texts that are made in another way", () =>
      testTexts({ ...suite, annotate: (id, note) => notes.set(id, note) }));
    describe("reopening", () => testReopening(suite));
  });
}
