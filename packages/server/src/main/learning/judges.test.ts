import { create } from "@bufbuild/protobuf";
import { MovieSchema } from "@cinedeepmatch/contract";
import { CatalogChangeSchema } from "@cinedeepmatch/contract/worker";
import { expect, onTestFinished, test, vi } from "vitest";
import { learn } from "../../learning/index.js";
import { CONTENT, genreOf, inBatches, worldEvents, worldMovies } from "../../learning/synthetic-world.test.support.js";
import { movieFacts } from "../../matching/movie-facts.js";
import { modelJudge, replicaOf } from "./judges.js";

const factsOf = (id: string) => ({ releaseYear: 1950 + 10 * genreOf(id), genres: [`genre ${genreOf(id)}`] });

test("a movie that comes after learning is told by its content, its year and its genres as soon as it is there", async () => {
  const movies = worldMovies().map(({ id, vector }) => ({ id, vector, facts: movieFacts(factsOf(id)) }));
  const contentModel = { name: "genres", version: "1", dimension: CONTENT };
  const learned = await learn({
    events: inBatches(worldEvents(200)),
    movies: inBatches(movies),
    options: { name: "world", version: "1", licence: "made up", contentModel, width: 16, epochs: 0, threads: 1 },
  });
  const replica = replicaOf(new Map(movies.map(({ id, vector }) => [id, { vector, ...factsOf(id) }])), CONTENT);
  const { judge, close } = await modelJudge(learned.manifest, learned.files, replica);
  onTestFinished(close);
  const event = (movieId: string, time: number) => ({ userId: "u", movieId, weight: 1, time });
  const history = ["m3", "m4", "m5"].map((id, place) => event(id, 1_000 + place));
  const scoreOf = await judge({ userId: "u", history, target: event("m6", 2_000) });
  expect(scoreOf("new-own")).toBeUndefined();

  // Content that says nothing: only what stands in the record tells them apart.
  const vector = new Uint8Array(new Float32Array(CONTENT).fill(0.35).buffer);
  for (const [movieId, like] of [
    ["new-own", "m3"],
    ["new-other", "m30"],
  ] as const) {
    const movie = create(MovieSchema, { id: movieId, ...factsOf(like) });
    replica.apply(create(CatalogChangeSchema, { movieId, movie, vector }));
  }
  const own = await vi.waitFor(() => {
    const [first = Number.NaN, second = Number.NaN] = [scoreOf("new-own"), scoreOf("new-other")];
    if (!Number.isFinite(first) || !Number.isFinite(second)) throw new Error("the rows are not there yet");
    return first - second;
  }, 20_000);
  expect(own).toBeGreaterThan(0.5);
});
