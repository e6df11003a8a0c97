import { create } from "@bufbuild/protobuf";
import { ErrorReason, type Movie, MovieSchema } from "@cinedeepmatch/contract";
import { afterEach, expect, test, vi } from "vitest";
import type { CatalogStore } from "./catalog-store.js";
import { EncodingPump } from "./encoding-pump.js";
import type { MatchQueue } from "./match-queue.js";
import type { EncodeWork } from "./match-work.js";
import { ServiceError } from "./service-error.js";

/** A store that only knows which movies wait for a vector. */
class Waiting {
  readonly ids = new Set<string>();
  #listener = () => {};

  write(...ids: string[]): void {
    for (const id of ids) this.ids.add(id);
    this.#listener();
  }

  readonly store = {
    tenants: async () => ["t"],
    textsVersion: async () => "texts 1",
    onWrite: (listener: () => void) => {
      this.#listener = listener;
      return () => {};
    },
    moviesToEncode: async (_tenant: string, _model: string, afterId: string, limit: number) =>
      [...this.ids]
        .sort()
        .filter((id) => id > afterId)
        .slice(0, limit)
        .map((id) => ({ movie: create(MovieSchema, { id }), textDigest: `digest of ${id}` })),
  } as Partial<CatalogStore> as CatalogStore;
}

let pump: EncodingPump | undefined;
afterEach(() => pump?.close());

function start(waiting: Waiting, run: (work: EncodeWork) => Promise<unknown>, mayRun = () => true): void {
  const queue = { run } as unknown as MatchQueue;
  const texts = {
    version: "texts 1",
    encodingTextOf: ({ id }: { id: string }) => `text of ${id}`,
    digestOf: ({ id }: { id: string }) => `digest of ${id}`,
  };
  pump = new EncodingPump({
    catalog: waiting.store,
    queue,
    modelVersion: "m",
    texts,
    mayRun,
    log: { warn() {} },
  });
}

test("nothing is encoded while another server does it, and everything once that has ended", async () => {
  const waiting = new Waiting();
  waiting.write("a", "b");
  let isLeader = false;
  const run = vi.fn(async (work: EncodeWork) => {
    for (const { movieId } of work.texts) waiting.ids.delete(movieId);
  });
  start(waiting, run, () => isLeader);
  await new Promise((resolve) => setTimeout(resolve, 50));
  waiting.write("c");
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(run).not.toHaveBeenCalled();
  isLeader = true;
  await vi.waitFor(() => expect(waiting.ids.size).toBe(0), { timeout: 5_000 });
});

test("every movie that waits is encoded, with its text and digest", async () => {
  const waiting = new Waiting();
  waiting.write(...Array.from({ length: 200 }, (_, index) => `movie-${1000 + index}`));
  const works: EncodeWork[] = [];
  start(waiting, async (work) => {
    works.push(work);
    for (const { movieId } of work.texts) waiting.ids.delete(movieId);
  });
  await vi.waitFor(() => expect(waiting.ids.size).toBe(0));
  expect(works[0]?.texts[0]).toEqual({
    movieId: "movie-1000",
    textDigest: "digest of movie-1000",
    text: "text of movie-1000",
  });
  expect(works.flatMap(({ texts }) => texts)).toHaveLength(200);
});

test("a write wakes it", async () => {
  const waiting = new Waiting();
  start(waiting, async (work) => {
    for (const { movieId } of work.texts) waiting.ids.delete(movieId);
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  waiting.write("late");
  await vi.waitFor(() => expect(waiting.ids.size).toBe(0), { timeout: 1_000 });
});

test("what failed is tried again", async () => {
  const waiting = new Waiting();
  waiting.write("a");
  let attempts = 0;
  start(waiting, async () => {
    if (++attempts === 1) throw new ServiceError(ErrorReason.QUEUE_UNAVAILABLE, "away");
    waiting.ids.clear();
  });
  await vi.waitFor(() => expect(waiting.ids.size).toBe(0), { timeout: 5_000 });
  expect(attempts).toBe(2);
});

test("every tenant's movies are encoded as that tenant's, a batch of each in turn", async () => {
  const waiting = new Map([
    ["a", Array.from({ length: 200 }, (_, index) => `a-${1000 + index}`)],
    ["b", ["b-1"]],
  ]);
  const store = {
    tenants: async () => [...waiting.keys()],
    textsVersion: async () => "1",
    onWrite: () => () => {},
    moviesToEncode: async (tenant: string, _model: string, afterId: string, limit: number) =>
      (waiting.get(tenant) ?? [])
        .filter((id) => id > afterId)
        .slice(0, limit)
        .map((id) => ({ movie: create(MovieSchema, { id }), textDigest: id })),
  } as Partial<CatalogStore> as CatalogStore;
  const seen: [string, string | undefined][] = [];
  const queue = {
    async run(work: EncodeWork, { tenant }: { tenant: string }) {
      const done = new Set(work.texts.map(({ movieId }) => movieId));
      seen.push([tenant, work.texts[0]?.movieId]);
      waiting.set(
        tenant,
        (waiting.get(tenant) ?? []).filter((id) => !done.has(id)),
      );
    },
  } as unknown as MatchQueue;
  const texts = { version: "1", encodingTextOf: ({ id }: Movie) => id, digestOf: ({ id }: Movie) => id };
  pump = new EncodingPump({ catalog: store, queue, modelVersion: "m", texts, log: { warn() {} } });
  await vi.waitFor(() => expect([...waiting.values()].flat()).toEqual([]));
  expect(seen.slice(0, 3)).toEqual([
    ["a", "a-1000"],
    ["b", "b-1"],
    ["a", "a-1064"],
  ]);
});
