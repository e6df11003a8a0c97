import { checkTasteModel, factsLength, inspectOnnx, type TasteManifest } from "@cinedeepmatch/models";
import { expect, onTestFinished, test } from "vitest";
import { startTasteSession } from "./taste-session.js";
import { type TinyTaste, tinyTasteModel } from "./tiny-taste-model.test.support.js";

function setupOf(options: TinyTaste = {}) {
  const { files, manifest } = tinyTasteModel(options);
  const bytes = (name: string) => files[name] ?? new Uint8Array();
  const sizes = { content: manifest.contentModel.dimension, dimension: manifest.dimension, events: manifest.maxEvents };
  return { taste: bytes("taste.onnx"), item: bytes("item.onnx"), items: bytes("items.txt"), sizes, manifest };
}

async function start(options: TinyTaste = {}) {
  const session = await startTasteSession(setupOf(options));
  onTestFinished(() => session.close());
  return session;
}

/** Two events of two histories, padded to eight. */
function histories() {
  const [batch, events, content] = [2, 8, 4];
  const vectors = new Float32Array(batch * events * content);
  const [weights, ages] = [new Float32Array(batch * events), new Float32Array(batch * events)];
  const items = new Int32Array(batch * events);
  for (const row of [0, 1]) {
    const last = (row + 1) * events - 1;
    vectors.set([1, 0, 0, row], last * content);
    vectors.set([0, 1, 0, 0], (last - 1) * content);
    weights.set([-0.5, 1], last - 1);
    items.set([3, 4 + row], last - 1);
  }
  return { batch, vectors, items, weights, ages };
}

test("a model answers a query, its neighbours and rows for any number of movies", async () => {
  const session = await start({ neighbour: 2 });
  const { query, neighbours, scores } = await session.rank(histories());
  expect([...query]).toEqual([1, -0.5, 0, 0, 1, -0.5, 0, 1]);
  expect([...neighbours]).toEqual([4, 5]);
  expect([...scores]).toEqual([2, 2]);
  const vectors = Float32Array.from({ length: 20 }, (_, at) => at);
  expect([
    ...(await session.project({ vectors, facts: new Float32Array(5 * factsLength), items: new Int32Array(5) })),
  ]).toEqual([...vectors]);
});

test("a model that fails says why, and goes on answering what it can", async () => {
  const session = await start({ failing: true });
  await expect(session.rank(histories())).rejects.toMatchObject({ name: "InferenceError", fault: "failed" });
  const known = histories();
  expect((await session.rank({ ...known, items: new Int32Array(16) })).query).toHaveLength(8);
});

test("what is no model, or makes vectors of another length, does not start", async () => {
  const setup = setupOf();
  await expect(startTasteSession({ ...setup, taste: new Uint8Array(9) })).rejects.toMatchObject({ fault: "crashed" });
  const wrong = { ...setup, sizes: { ...setup.sizes, dimension: 5 } };
  await expect(startTasteSession(wrong)).rejects.toThrow("query: has the shape [1,4], not [1,5]");
});

test("closing lets what has begun finish, and nothing begins after it", async () => {
  const session = await start();
  const running = session.rank(histories());
  await session.close();
  expect((await running).query).toHaveLength(8);
  await expect(session.rank(histories())).rejects.toMatchObject({ fault: "crashed" });
});

test("the checks read of a file what ONNX Runtime reads", () => {
  const { taste, item, items, manifest } = setupOf({ items: ["a", "b"] });
  expect(inspectOnnx(item)).toMatchObject({
    inputs: { vectors: { type: "float32", shape: ["movies", 4] }, items: { type: "int64", shape: ["movies"] } },
    outputs: { behavioural: { type: "float32", shape: ["movies", 4] } },
    domains: [""],
    external: [],
  });
  expect(checkTasteModel(manifest as TasteManifest, { taste, item, items })).toEqual([]);
});
