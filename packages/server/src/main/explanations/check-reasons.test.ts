import { readFile } from "node:fs/promises";
import { create, fromJsonString } from "@bufbuild/protobuf";
import { MovieSchema } from "@cinedeepmatch/contract";
import { CatalogChangeSchema } from "@cinedeepmatch/contract/worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seededRandom } from "../../learning/random.js";
import { MovieTexts } from "../../matching/movie-texts.js";
import { type Inference, startInference } from "../../onnx/inference.js";
import { CatalogReplica } from "../../worker/catalog-replica.js";
import { QueryEncoder } from "../../worker/query-encoder.js";
import { STARTER_CATALOG } from "../starter-catalog.js";
import { type CheckedReason, checkReasons } from "./check-reasons.js";
import { randomRequests } from "./random-requests.js";

const MOVIES = 150;
const RESULTS = 1_000;
let inference: Inference;

beforeAll(async () => {
  inference = await startInference({ encoderThreads: 2 });
});
afterAll(() => inference.close());

test("of 1,000 explained results, at least 95 of 100 fall without the cause that they name first", async () => {
  const lines = (await readFile(STARTER_CATALOG, "utf8")).split("\n").slice(0, MOVIES);
  const movies = lines.map((line) => fromJsonString(MovieSchema, line, { ignoreUnknownFields: true }));
  const texts = new MovieTexts();
  const replica = new CatalogReplica(inference.dimension, texts);
  const vectors = await inference.encode(movies.map((movie) => texts.encodingTextOf(movie)));
  movies.forEach((movie, index) => {
    const vector = new Uint8Array((vectors[index] as Float32Array).slice().buffer);
    replica.apply(create(CatalogChangeSchema, { movieId: movie.id, movie, vector }));
  });
  const parts = { replica, inference, encoder: new QueryEncoder(inference) };
  const explained: CheckedReason[] = [];
  let unexplained = 0;
  for (const work of randomRequests(movies, seededRandom(7))) {
    for (const each of await checkReasons(work, parts, 10)) {
      if (each.cause === undefined) unexplained++;
      else explained.push(each);
    }
    if (explained.length >= RESULTS) break;
  }
  expect(explained.filter(({ fell }) => fell).length / explained.length).toBeGreaterThanOrEqual(0.95);
  for (const cause of ["text", "movie", "person", "activity"]) {
    const of = explained.filter((each) => each.cause === cause);
    expect(of.length, cause).toBeGreaterThan(50);
    expect(of.filter(({ fell }) => fell).length / of.length, cause).toBeGreaterThanOrEqual(0.95);
  }
  // Results that nothing of the request speaks for name nothing.
  expect(unexplained).toBeLessThan(explained.length / 4);
}, 300_000);
