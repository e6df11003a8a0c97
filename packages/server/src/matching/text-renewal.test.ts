import type { Movie } from "@cinedeepmatch/contract";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createEmbeddedCatalogStore } from "../stores/embedded/embedded-catalog-store.js";
import { sampleMovie, sampleVector } from "../stores/testing/sample-movies.js";
import { TemporaryDatabase } from "../stores/testing/temporary-database.js";
import type { CatalogStore } from "./catalog-store.js";
import { TextRenewal } from "./text-renewal.js";

const MODEL = "minilm@1";
const database = new TemporaryDatabase();
let tenant = "";
let tenants = 0;
let catalog: CatalogStore;
let notes: ReadonlySet<string>;
const digestOf = ({ id, title }: Movie) => (notes.has(id) ? `${title} with a note` : title);

beforeAll(async () => {
  const { db } = await database.open();
  catalog = createEmbeddedCatalogStore({ db, textDigest: digestOf });
});
beforeEach(async () => {
  tenant = `tenant ${++tenants}`;
  notes = new Set();
  await catalog.upsertMovies(
    tenant,
    ["a", "b", "c"].map((id) => sampleMovie(id)),
  );
});
afterAll(async () => {
  await database.close();
  await database.remove();
});

const renewal = (version: string, now?: () => number) =>
  new TextRenewal({ catalog, modelVersion: MODEL, texts: { version, digestOf }, ...(now && { now }) });
const waiting = async (model = MODEL) => catalog.moviesToEncode(tenant, model, "", 10);
const waitingIds = async () => (await waiting()).map(({ movie }) => movie.id);

async function encode(model = MODEL): Promise<void> {
  const vectors = (await waiting(model)).map(({ movie, textDigest }, index) => ({
    movieId: movie.id,
    textDigest,
    vector: sampleVector(index),
  }));
  await catalog.storeVectors(tenant, model, vectors);
}

test("after a change of the notes only the movies with another text wait for a vector", async () => {
  await renewal("notes.1").run(tenant, () => true);
  await encode();
  notes = new Set(["b"]);
  await renewal("notes.2").run(tenant, () => true);
  expect(await waitingIds()).toEqual(["b"]);
});

test("a catalogue of an earlier release keeps its vectors, but of movies whose text has changed since", async () => {
  // It had the notes in the model's version, and did not look for movies whose note came later.
  await encode(`${MODEL}+notes.1`);
  notes = new Set(["b"]);
  const vectors = async (model: string) =>
    new Map(
      (await catalog.changesAfter(tenant, 0n, model, 10)).changes.map(({ movieId, vector }) => [movieId, vector]),
    );
  const before = await vectors(`${MODEL}+notes.1`);
  await renewal("notes.1").run(tenant, () => true);
  expect(await waitingIds()).toEqual(["b"]);
  const after = await vectors(MODEL);
  for (const id of ["a", "c"]) expect(Buffer.from(after.get(id) ?? [])).toEqual(Buffer.from(before.get(id) ?? [1]));
  await encode();
  // Once.
  await renewal("notes.1").run(tenant, () => true);
  expect(await waitingIds()).toEqual([]);
});

test("vectors of other notes of an earlier release are not taken for those of these", async () => {
  await encode(`${MODEL}+notes.1`);
  await renewal("notes.2").run(tenant, () => true);
  expect(await waitingIds()).toEqual(["a", "b", "c"]);
});

test("it breaks off when another server is to do it, and is taken up again", async () => {
  await encode();
  notes = new Set(["b"]);
  await renewal("notes.1").run(tenant, () => false);
  expect(await catalog.textsVersion(tenant)).toBe("");
  await renewal("notes.1").run(tenant, () => true);
  expect(await waitingIds()).toEqual(["b"]);
});

test("a movie that a server with other notes has written is found out, once a minute", async () => {
  let now = 0;
  const ours = renewal("notes.1", () => now);
  await ours.run(tenant, () => true);
  const written = async (id: string) => {
    // With a digest as the other server makes it.
    notes = new Set([id]);
    await catalog.upsertMovies(tenant, [sampleMovie(id, { title: `New ${id}` })]);
    notes = new Set();
    return (await waiting()).find(({ movie }) => movie.id === id);
  };
  const [stale, other] = [await written("b"), await written("c")];
  expect(stale && ours.isCurrent(tenant, stale)).toBe(false);
  await ours.run(tenant, () => true);
  const [, renewed] = await waiting();
  expect(renewed && ours.isCurrent(tenant, renewed)).toBe(true);
  expect(other && ours.isCurrent(tenant, other)).toBe(false);
  const again = await written("a");
  expect(again && ours.isCurrent(tenant, again)).toBe(false);
  await ours.run(tenant, () => true);
  expect((await waiting()).map((movie) => ours.isCurrent(tenant, movie))).toEqual([false, true, true]);
  now = 60_000;
  expect((await waiting()).map((movie) => ours.isCurrent(tenant, movie))).toEqual([false, true, true]);
  await ours.run(tenant, () => true);
  expect((await waiting()).map((movie) => ours.isCurrent(tenant, movie))).toEqual([true, true, true]);
});
