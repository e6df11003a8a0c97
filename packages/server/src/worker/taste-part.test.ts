import { create } from "@bufbuild/protobuf";
import { EventType, MovieSchema } from "@cinedeepmatch/contract";
import { CatalogChangeSchema } from "@cinedeepmatch/contract/worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EMPTY_MATCH, type MatchWork } from "../matching/match-work.js";
import { MovieTexts } from "../matching/movie-texts.js";
import { type Inference, startInference } from "../onnx/inference.js";
import { startTasteSession } from "../onnx/taste-session.js";
import { type TinyTaste, tinyTasteModel } from "../onnx/tiny-taste-model.test.support.js";
import { CatalogReplica } from "./catalog-replica.js";
import { QueryEncoder } from "./query-encoder.js";
import { rankMovies } from "./rank-movies.js";
import { TasteModel } from "./taste-model.js";

const DIMENSION = 4;
const replica = new CatalogReplica(DIMENSION, new MovieTexts());
let inference: Inference;
const opened: TasteModel[] = [];

/** Movie `m12` is near to the direction 12 % 4. */
function put(number: number): string {
  const id = `m${number}`;
  const values = Array.from({ length: DIMENSION }, (_, at) =>
    at === number % DIMENSION ? 1 : 0.01 * ((number * (at + 1)) % 7),
  );
  const length = Math.hypot(...values);
  const vector = new Uint8Array(Float32Array.from(values, (value) => value / length).buffer);
  const movie = create(MovieSchema, { id, title: `Movie ${number}`, genres: [number % 2 === 0 ? "Drama" : "Comedy"] });
  replica.apply(create(CatalogChangeSchema, { movieId: id, movie, vector }));
  return id;
}

beforeAll(async () => {
  inference = await startInference();
  for (let number = 0; number < 80; number++) put(number);
});
afterAll(async () => {
  await Promise.all(opened.map((model) => model.close()));
  await inference.close();
});

async function load(options: TinyTaste = {}): Promise<TasteModel> {
  const items = ["m0", "m1", "m2", "m3", "m40"];
  const { files, manifest } = tinyTasteModel({ items, ...options });
  const bytes = (name: string) => files[name] ?? new Uint8Array();
  const sizes = { content: DIMENSION, dimension: DIMENSION, events: manifest.maxEvents };
  const session = await startTasteSession({ taste: bytes("taste.onnx"), item: bytes("item.onnx"), sizes });
  const model = await TasteModel.load({ ref: { name: "tiny", version: "1" }, session, items, replica });
  opened.push(model);
  return model;
}

const nothing: MatchWork = { ...EMPTY_MATCH, recent: [], explain: true };
const did = (movieId: string, type = EventType.LIKED) => ({ movieId, type, ageSeconds: 60 });
async function rank(work: Partial<MatchWork>, tasteModel?: TasteModel) {
  const parts = { replica, inference, encoder: new QueryEncoder(inference), tasteModel };
  const ranking = await rankMovies({ ...nothing, ...work }, parts, new AbortController().signal);
  return { ...ranking, ids: ranking.hits.map(({ movieId }) => movieId) };
}
const kindOf = (id: string) => Number(id.slice(1)) % DIMENSION;

test("a model ranks by its query and its neighbours, and says that it did", async () => {
  const { ids, judgedBy } = await rank({ recent: [did("m4")], excludeIds: ["m4"] }, await load());
  expect(judgedBy).toEqual({ name: "tiny", version: "1" });
  expect(ids.every((id) => kindOf(id) === 0)).toBe(true);
  const opposite = await rank({ recent: [did("m4")], limit: 50 }, await load({ gain: -1 }));
  expect(opposite.ids.some((id) => kindOf(id) === 0)).toBe(false);
  // The movie after m40 is m40 itself here: far away by its query, and first as a neighbour.
  const beside = await rank({ recent: [did("m40")] }, await load({ gain: -1, neighbour: 50 }));
  expect(beside.ids[0]).toBe("m40");
});

test("exclusions and filters hold and pages stay full, also of movies that the model put first", async () => {
  const model = await load({ neighbour: 50 });
  const recent = [did("m40")];
  const first = await rank({ recent, limit: 30 }, model);
  const { ids } = await rank(
    { recent, excludeIds: first.ids, filter: { genres: { any: ["drama"] } }, limit: 15 },
    model,
  );
  expect(ids).toHaveLength(15);
  expect(ids.filter((id) => first.ids.includes(id))).toEqual([]);
  expect(ids.every((id) => Number(id.slice(1)) % 2 === 0)).toBe(true);
});

test("a movie that comes later is known, and one that goes is not found again", async () => {
  const model = await load();
  const id = put(84);
  await expect.poll(async () => (await rank({ recent: [did("m4")], limit: 40 }, model)).ids).toContain(id);
  replica.apply(create(CatalogChangeSchema, { movieId: id, deleted: true }));
  expect((await rank({ recent: [did("m4")], limit: 100 }, model)).ids).not.toContain(id);
});

test("what is disliked pushes away, and where nothing was liked likeness of content judges", async () => {
  const model = await load();
  const recent = [did("m0"), did("m1"), did("m5", EventType.DISLIKED), did("m9", EventType.DISLIKED)];
  const { ids } = await rank({ recent, limit: 20 }, model);
  expect(ids.slice(0, 15).every((id) => kindOf(id) === 0)).toBe(true);
  const only = await rank({ recent: [did("m5", EventType.DISLIKED)], limit: 40 }, model);
  expect(only.judgedBy).toBeUndefined();
  expect(only.ids.some((id) => kindOf(id) === 1)).toBe(false);
});

test("a model that fails costs no answer: likeness of content judges, and the failure is told", async () => {
  const { ids, judgedBy, tasteFailure } = await rank({ recent: [did("m1")] }, await load({ failing: true }));
  expect(ids).toHaveLength(10);
  expect(judgedBy).toBeUndefined();
  expect(tasteFailure?.message).toMatch(/Gather/);
});

test("the doing that a model's result names is one without which it would be lower", async () => {
  const model = await load();
  const recent = [did("m0"), did("m5"), did("m10", EventType.CLICKED)];
  const { hits } = await rank({ recent, limit: 20 }, model);
  for (const { movieId, reasons } of hits.filter((hit) => !["m0", "m5", "m10"].includes(hit.movieId))) {
    const [reason] = reasons;
    if (reason?.cause !== "activity") throw new Error(`${movieId} names no doing`);
    expect(kindOf(reason.movieId)).toBe(kindOf(movieId));
  }
});
