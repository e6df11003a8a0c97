import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { LexicalIndex } from "./lexical-index.js";
import type { MovieText } from "./movie-text.js";

const movie = (title: string, synopsis: string, more: Partial<MovieText> = {}): MovieText => ({
  title,
  synopsis,
  genres: [],
  countries: [],
  languages: [],
  keywords: [],
  credits: [],
  ...more,
});

let index: LexicalIndex;
beforeEach(() => {
  index = new LexicalIndex();
  index.upsert(0, movie("Jaws", "A police chief hunts a great white shark that terrorises a beach town."));
  index.upsert(
    1,
    movie("Amélie", "A shy waitress in Montmartre makes others happy.", {
      genres: ["Comedy", "Romance"],
      releaseYear: 2001,
    }),
  );
  index.upsert(2, movie("Finding Nemo", "A clownfish crosses the ocean, past sharks, to find his son."));
  index.upsert(
    3,
    movie("Taxi Driver", "An insomniac drives at night.", {
      credits: [{ name: "Robert De Niro", role: "actor", character: "Travis Bickle" }],
    }),
  );
});

const found = (text: string, limit = 10) => index.search(text, { limit }).map(({ ordinal }) => ordinal);

test("movies are found by words of the synopsis in another form", () => {
  expect(found("hunting sharks on beaches")[0]).toBe(0);
});

test("accents and letter case make no difference", () => {
  expect(found("AMELIE")).toEqual([1]);
  expect(found("clownfísh")).toEqual([2]);
});

test("movies are found by people, characters, genres and years", () => {
  expect(found("de niro")).toEqual([3]);
  expect(found("bickle")).toEqual([3]);
  expect(found("romance 2001")).toEqual([1]);
});

test("a mistyped word finds what was meant, a known word is taken as it is", () => {
  expect(found("clwonfish")).toEqual([2]);
  expect(found("insomiac")).toEqual([3]);
});

test("words without meaning find nothing beside words with meaning", () => {
  expect(found("the movie about a waitress")).toEqual([1]);
  expect(found("")).toEqual([]);
});

test("a replaced movie is found by its new words only, a removed one not at all", () => {
  index.upsert(0, movie("Jaws", "A whale sings."));
  expect(found("whale")).toEqual([0]);
  expect(found("police")).toEqual([]);
  index.remove(0);
  expect(found("whale")).toEqual([]);
  expect(index.size).toBe(3);
});

test("ordinals that are not accepted are left out, and the limit holds", () => {
  const accept = (ordinal: number) => ordinal !== 0;
  expect(index.search("shark", { limit: 5, accept }).map(({ ordinal }) => ordinal)).toEqual([2]);
  expect(found("shark", 1)).toHaveLength(1);
});

test("an explanation names the words as typed, their fields, and shares that add up to one", () => {
  const parts = index.explain("Hunts Sharks near Jaws", 0);
  expect(parts.map(({ term, field }) => `${term}:${field}`).sort()).toEqual([
    "hunts:synopsis",
    "jaws:title",
    "sharks:synopsis",
  ]);
  expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
  expect(index.explain("waitress", 0)).toEqual([]);
});

test("the score of one document is the score that the search gives it", () => {
  for (const { ordinal, score } of index.search("shark ocean night", { limit: 10 })) {
    expect(index.score("shark ocean night", ordinal)).toBeCloseTo(score, 4);
  }
  expect(index.score("shark", 1)).toBe(0);
});

test("whatever was added, replaced and removed, the index is the one built from what is left", () => {
  const words = fc.array(fc.constantFrom("shark", "ocean", "night", "taxi", "love", "war"), { maxLength: 6 });
  const step = fc.record({ ordinal: fc.nat(5), words, remove: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const changed = new LexicalIndex();
      const left = new Map<number, MovieText>();
      for (const { ordinal, words: text, remove } of steps) {
        if (remove) {
          changed.remove(ordinal);
          left.delete(ordinal);
        } else {
          const document = movie(text[0] ?? "", text.join(" "));
          changed.upsert(ordinal, document);
          left.set(ordinal, document);
        }
      }
      const fresh = new LexicalIndex();
      for (const [ordinal, document] of left) fresh.upsert(ordinal, document);
      for (const text of ["shark night", "love war taxi"]) {
        expect(changed.search(text, { limit: 10 })).toEqual(fresh.search(text, { limit: 10 }));
      }
    }),
  );
});
