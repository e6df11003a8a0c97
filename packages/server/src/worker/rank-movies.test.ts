import { create } from "@bufbuild/protobuf";
import { CreditRole, EventType, MovieSchema } from "@cinedeepmatch/contract";
import { beforeAll, describe, expect, test } from "vitest";
import { EMPTY_MATCH, type MatchWork } from "../matching/match-work.js";
import { MovieTexts } from "../matching/movie-texts.js";
import type { Inference } from "../onnx/inference.js";
import { CatalogReplica } from "./catalog-replica.js";
import { QueryEncoder } from "./query-encoder.js";
import { rankMovies } from "./rank-movies.js";

/** A world of four themes; each movie is near to one of them. */
const THEMES = ["space", "romance", "crime", "ocean"];
const PER_THEME = 30;

/** Encodes by theme words and scans exactly: a stand-in for the model that these tests can reason about. */
const inference: Inference = {
  dimension: THEMES.length,
  encode: async (texts) => texts.map((text) => unit(THEMES.map((theme) => (text.includes(theme) ? 1 : 0.01)))),
  async scan({ matrix, queries, mask, k }) {
    const count = queries.length / matrix.dimension;
    return Array.from({ length: count }, (_, q) => {
      const query = queries.subarray(q * matrix.dimension, (q + 1) * matrix.dimension);
      const scored = Array.from({ length: matrix.count }, (_, row) => ({
        row,
        score: matrix.score(row, query) + (mask?.[row] ?? 0),
      }));
      const best = scored
        .filter(({ score }) => score > -Infinity)
        .sort((a, b) => b.score - a.score)
        .slice(0, k);
      return {
        indices: Int32Array.from(best, ({ row }) => row),
        values: Float32Array.from(best, ({ score }) => score),
      };
    });
  },
  close: async () => {},
};

const replica = new CatalogReplica(THEMES.length, new MovieTexts());
const parts = { replica, inference, encoder: new QueryEncoder(inference) };

beforeAll(() => {
  THEMES.forEach((theme, t) => {
    for (let i = 0; i < PER_THEME; i++) {
      const movie = create(MovieSchema, {
        id: `${theme}-${i}`,
        title: `${theme} movie number ${i}`,
        releaseYear: 1980 + i,
        genres: [i % 2 === 0 ? "Drama" : "Comedy", theme],
        credits: [{ personId: `${theme}-star`, displayName: `${theme} star`, role: CreditRole.ACTOR }],
      });
      const direction = unit(THEMES.map((_, other) => (other === t ? 1 : 0.02 * ((i * (other + 1)) % 7))));
      replica.apply({
        movieId: movie.id,
        movie,
        deleted: false,
        vector: bytes(direction),
        $typeName: "cinedeepmatch.worker.v1.CatalogChange",
      });
    }
  });
});

const nothing: MatchWork = { ...EMPTY_MATCH, explain: true };

const rank = (work: Partial<MatchWork>) => rankMovies({ ...nothing, ...work }, parts, new AbortController().signal);
const idsOf = async (work: Partial<MatchWork>) => (await rank(work)).hits.map(({ movieId }) => movieId);
const liked = (movieId: string, type = EventType.LIKED) => ({ movieId, type, ageSeconds: 1 });

describe("ranking", () => {
  test("by text finds what the text is about", async () => {
    expect((await idsOf({ text: "space" })).every((id) => id.startsWith("space-"))).toBe(true);
  });

  test("a query that is a title comes first", async () => {
    expect((await idsOf({ text: "crime movie number 7" }))[0]).toBe("crime-7");
  });

  test("by example finds the like and leaves out the examples", async () => {
    const ids = await idsOf({
      movies: [
        { id: "ocean-1", weight: 1 },
        { id: "ocean-2", weight: 1 },
      ],
    });
    expect(ids.every((id) => id.startsWith("ocean-"))).toBe(true);
    expect(ids).not.toContain("ocean-1");
  });

  test("a disliked example pushes its kind away", async () => {
    const ids = await idsOf({ movies: [{ id: "crime-3", weight: -1 }], limit: 60 });
    expect(ids.some((id) => id.startsWith("crime-"))).toBe(false);
  });

  test("a liked person's movies come first", async () => {
    const { hits } = await rank({ people: [{ id: "romance-star", weight: 1 }] });
    expect(hits.every(({ movieId }) => movieId.startsWith("romance-"))).toBe(true);
    expect(hits[0]?.reasons[0]).toMatchObject({ cause: "person", personId: "romance-star", share: 1 });
  });

  test("taste follows what was liked, and names it as the reason", async () => {
    const { hits } = await rank({ recent: [liked("space-4"), liked("space-8")] });
    expect(hits.every(({ movieId }) => movieId.startsWith("space-"))).toBe(true);
    expect(hits[0]?.reasons[0]).toMatchObject({ cause: "activity", type: EventType.LIKED });
  });

  test("a later like undoes a dislike, and hidden movies push away", async () => {
    const changed = await idsOf({ recent: [liked("ocean-4"), liked("ocean-4", EventType.DISLIKED)] });
    expect(changed.every((id) => id.startsWith("ocean-"))).toBe(true);
    const hidden = await idsOf({ recent: [liked("space-1"), liked("ocean-1", EventType.HIDDEN)], limit: 60 });
    expect(hidden.slice(0, 20).every((id) => id.startsWith("space-"))).toBe(true);
  });

  test("text and taste together put what satisfies both first", async () => {
    const filter = { genres: { any: ["drama"] } };
    const ids = await idsOf({ text: "movie", recent: [liked("crime-2")], filter });
    expect(ids[0]).toMatch(/^crime-/);
  });

  test("excluded movies never appear and pages stay full", async () => {
    const excludeIds = (await idsOf({ text: "space", limit: 25 })).slice(0, 25);
    const { hits, more } = await rank({ text: "space", excludeIds, limit: 40 });
    expect(hits).toHaveLength(40);
    expect(more).toBe(true);
    expect(hits.filter(({ movieId }) => excludeIds.includes(movieId))).toEqual([]);
  });

  test("filters leave only what passes, in any case of letters", async () => {
    const filter = { genres: { all: ["COMEDY"], none: ["ocean"] }, releaseYear: { min: 1990, max: 1999 } };
    const { hits, more } = await rank({ text: "movie", filter, limit: 100 });
    expect(hits).toHaveLength(15);
    expect(more).toBe(false);
    for (const { movieId } of hits) expect(Number(movieId.split("-")[1]) % 2).toBe(1);
  });

  test("pages follow one another without a gap or a repetition", async () => {
    const whole = await idsOf({ text: "ocean movie", limit: 100 });
    const paged: string[] = [];
    for (let offset = 0; offset < 100; offset += 20)
      paged.push(...(await idsOf({ text: "ocean movie", offset, limit: 20 })));
    expect(paged).toEqual(whole);
  });

  test("diversity brings other kinds among the first and keeps the best one", async () => {
    const recent = [liked("space-1"), liked("ocean-1"), liked("crime-1")];
    const kinds = (ids: string[]) => new Set(ids.map((id) => id.split("-")[0])).size;
    const [plain, varied] = await Promise.all([idsOf({ recent }), idsOf({ recent, diversity: 1 })]);
    expect(varied[0]).toBe(plain[0]);
    expect(kinds(varied)).toBeGreaterThanOrEqual(3);
  });

  test("somebody unknown gets full pages without invented reasons", async () => {
    const { hits } = await rank({ recent: [] });
    expect(hits).toHaveLength(10);
    expect(hits.flatMap(({ reasons }) => reasons)).toEqual([]);
  });

  test("a movie that has no vector yet is found by its words, and a deleted one never", async () => {
    const movie = create(MovieSchema, { id: "fresh", title: "Zyzzyva", synopsis: "A weevil." });
    const change = {
      movieId: "fresh",
      movie,
      deleted: false,
      vector: new Uint8Array(),
      $typeName: "cinedeepmatch.worker.v1.CatalogChange",
    } as const;
    replica.apply(change);
    expect((await idsOf({ text: "zyzzyva" }))[0]).toBe("fresh");
    replica.apply({
      movieId: "fresh",
      deleted: true,
      vector: new Uint8Array(),
      $typeName: "cinedeepmatch.worker.v1.CatalogChange",
    });
    expect(await idsOf({ text: "zyzzyva" })).not.toContain("fresh");
  });

  test("scores lie between 0 and 1 and never rise down the list", async () => {
    for (const work of [
      { text: "space crime" },
      { recent: [liked("crime-1")] },
      { movies: [{ id: "ocean-1", weight: 0.5 }] },
    ]) {
      const scores = (await rank({ ...work, limit: 50 })).hits.map(({ score }) => score);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
      expect(Math.max(...scores)).toBeLessThanOrEqual(1);
      expect(Math.min(...scores)).toBeGreaterThanOrEqual(0);
    }
  });
});

function unit(values: number[]): Float32Array {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
}

function bytes(vector: Float32Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(vector.slice().buffer as ArrayBuffer);
}
