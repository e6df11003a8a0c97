import { expect, test } from "vitest";
import type { CatalogPosition } from "./catalog-store.js";
import type { MatchQueue, RunOptions } from "./match-queue.js";
import { EMPTY_MATCH, type MatchReply, type MatchWork, rankedState, type Work } from "./match-work.js";
import { reuseReplies } from "./reuse-replies.js";

const QUERY: MatchWork = { ...EMPTY_MATCH, text: "a heist" };
const call = (given: Partial<RunOptions> = {}): RunOptions => ({
  ...{ lane: "interactive", subject: "s", tenant: "t", scope: "x", deadline: Date.now() + 1_000 },
  signal: new AbortController().signal,
  ...given,
});

/** A catalogue at a revision, a worker that is so far, and what came of looking. */
function start(scope = "m@1", kept = new Map<string, string>()) {
  const catalogue = { catalogId: "one", revision: 7n };
  const [ranked, outcomes]: [Work[], string[]] = [[], []];
  const state = { catalogue, worker: catalogue as CatalogPosition | undefined, texts: "notes.1", ranked, outcomes };
  const run = async (work: Work): Promise<MatchReply> => {
    state.ranked.push(work);
    const hit = { movieId: `ranked ${state.ranked.length}`, score: 1, parts: {}, reasons: [] };
    const timings = { queueMs: 1, encodeMs: 2, rankMs: 3 };
    const model = { name: "m", version: "1" };
    return {
      kind: "match",
      hits: [hit],
      more: false,
      model,
      timings,
      ...(state.worker && { state: rankedState(state.worker, { version: state.texts }) }),
    };
  };
  const queue = reuseReplies({ run, checkRoom: () => {} } as unknown as MatchQueue, {
    cache: {
      get: async (key) => kept.get(key),
      set: async (key, reply) => void kept.set(key, reply),
      close: async () => {},
    },
    stateOf: async () => rankedState(state.catalogue, { version: "notes.1" }),
    scope,
    measurements: { looked: (outcome) => void state.outcomes.push(outcome) },
  });
  const ask = async (work = QUERY, options = call()) => (await queue.run(work, options)).hits[0]?.movieId;
  return { ...state, state, queue, ask, kept };
}

test("the same match is answered as before, and has taken no time", async () => {
  const { queue, ask, state } = start();
  expect(await ask()).toBe("ranked 1");
  const again = await queue.run(QUERY, call({ subject: "somebody else", lane: "standard" }));
  expect(again.hits[0]?.movieId).toBe("ranked 1");
  expect(again.timings).toEqual({ queueMs: 0, encodeMs: 0, rankMs: 0 });
  expect(state.ranked).toHaveLength(1);
  expect(state.outcomes).toEqual(["miss", "hit"]);
});

test.each<Partial<MatchWork>>([
  { text: "a heist in dreams" },
  { quick: true },
  { movies: [{ id: "heat-1995", weight: 1 }] },
  { people: [{ id: "al-pacino", weight: -1 }] },
  { filter: { releaseYear: { min: 1990 } } },
  { excludeIds: ["heat-1995"] },
  { diversity: 0.5 },
  { offset: 10 },
  { limit: 11 },
  { explain: true },
])("a match that asks for anything else is ranked: %j", async (other) => {
  const { ask } = start();
  await ask();
  expect(await ask({ ...QUERY, ...other })).toBe("ranked 2");
});

test("tenants, models and deployments have answers of their own", async () => {
  const { ask, kept } = start();
  await ask();
  expect(await ask(QUERY, call({ tenant: "other" }))).toBe("ranked 2");
  const swapped = start("m@2", kept);
  await swapped.ask();
  expect(swapped.state.ranked).toHaveLength(1);
});

test("after a write nothing is answered as before, until a worker has followed and answered anew", async () => {
  const { ask, state } = start();
  await ask();
  state.catalogue = { catalogId: "one", revision: 8n };
  expect(await ask()).toBe("ranked 2");
  // The worker is behind: what it says is of the catalogue before, and is not kept for the present one.
  expect(await ask()).toBe("ranked 3");
  state.worker = { catalogId: "one", revision: 8n };
  expect(await ask()).toBe("ranked 4");
  expect(await ask()).toBe("ranked 4");
  expect(state.outcomes).toEqual(["miss", "stale", "stale", "stale", "hit"]);
});

test("an answer of a catalogue that went back, as a restored one does, is not used", async () => {
  const { ask, state } = start();
  await ask();
  state.catalogue = { catalogId: "one", revision: 3n };
  expect(await ask()).toBe("ranked 2");
});

test("an answer of another catalogue that stands in its place at the same revision is not used", async () => {
  const { ask, state } = start();
  await ask();
  state.catalogue = { catalogId: "other", revision: 7n };
  expect(await ask()).toBe("ranked 2");
  state.worker = state.catalogue;
  expect(await ask()).toBe("ranked 3");
  expect(await ask()).toBe("ranked 3");
});

test("a worker that knows other notes on films is not answered for", async () => {
  const { ask, state } = start();
  state.texts = "notes.2";
  await ask();
  expect(await ask()).toBe("ranked 2");
});

test("what activity has a part in is ranked each time, even if nothing is known yet", async () => {
  const { ask, state } = start();
  for (const recent of [[], [{ movieId: "heat-1995", type: 1, ageSeconds: 5 }]]) {
    await ask({ ...QUERY, recent });
    await ask({ ...QUERY, recent });
  }
  await ask({ ...QUERY, taste: { answers: { name: "taste", version: "1" } } });
  expect(state.ranked).toHaveLength(5);
  expect(state.outcomes).toEqual([]);
});

test("the bulk lane and texts to encode go to the workers", async () => {
  const { ask, queue, state } = start();
  await ask();
  expect(await ask(QUERY, call({ lane: "bulk" }))).toBe("ranked 2");
  await queue.run({ kind: "encode", modelVersion: "m@1", texts: [] }, call());
  expect(state.ranked).toHaveLength(3);
});

test("a worker of an earlier release, which does not say what it ranked, is not remembered", async () => {
  const kept = new Map<string, string>();
  const { state, ask } = start("m@1", kept);
  state.worker = undefined;
  await ask();
  expect(await ask()).toBe("ranked 2");
});

test("a failure is passed on and not kept", async () => {
  const failure = new Error("the worker failed");
  const run = async () => Promise.reject(failure);
  const kept = new Map<string, string>();
  const queue = reuseReplies({ run } as unknown as MatchQueue, {
    cache: { get: async () => undefined, set: async (key, reply) => void kept.set(key, reply), close: async () => {} },
    stateOf: async () => rankedState({ catalogId: "one", revision: 1n }, { version: "notes.1" }),
    scope: "m@1",
    measurements: { looked: () => {} },
  });
  await expect(queue.run(QUERY, call())).rejects.toBe(failure);
  expect(kept.size).toBe(0);
});
