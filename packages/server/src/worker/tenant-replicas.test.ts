import { create } from "@bufbuild/protobuf";
import {
  type WatchCatalogRequest,
  WatchCatalogResponseSchema,
  type WorkerService,
} from "@cinedeepmatch/contract/worker";
import type { Client } from "@connectrpc/connect";
import { afterEach, expect, test } from "vitest";
import { MovieTexts } from "../matching/movie-texts.js";
import { TenantReplicas } from "./tenant-replicas.js";

/** The feeds that are open, by tenant. */
const opened: string[] = [];
const closed: string[] = [];

const client = {
  async *watchCatalog({ tenant }: { tenant: string }, { signal }: { signal: AbortSignal }) {
    opened.push(tenant);
    const movie = { id: `${tenant}-movie`, title: `The film of ${tenant}` };
    const changes = tenant === "empty" ? [] : [{ movieId: movie.id, movie }];
    yield create(WatchCatalogResponseSchema, { changes, revision: 7n, caughtUp: tenant !== "slow" });
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    closed.push(tenant);
  },
} as unknown as Client<typeof WorkerService>;

const open = (most?: number, server = client) =>
  new TenantReplicas({
    client: server,
    modelVersion: "m",
    dimension: 3,
    texts: new MovieTexts(),
    home: "home",
    log: { warn() {} },
    ...(most !== undefined && { most }),
  });

let replicas: TenantReplicas;
afterEach(async () => {
  await replicas.close();
  opened.length = 0;
  closed.length = 0;
});

test("each tenant has a copy of its own, made once", async () => {
  replicas = open();
  const [a, again, b] = await Promise.all([replicas.get("a"), replicas.get("a"), replicas.get("b")]);
  expect(again).toBe(a);
  expect(opened.sort()).toEqual(["a", "b"]);
  expect(a.replica.ordinalOf("a-movie")).toBeDefined();
  expect(a.replica.ordinalOf("b-movie")).toBeUndefined();
  expect(b.replica.ordinalOf("a-movie")).toBeUndefined();
});

test("a tenant without movies has an empty copy", async () => {
  replicas = open();
  expect((await replicas.get("empty")).replica.size).toBe(0);
});

test("a match waits for its tenant's copy until its deadline and no longer", async () => {
  replicas = open();
  await expect(replicas.get("slow", AbortSignal.timeout(50))).rejects.toThrow("timeout");
});

test("beyond the limit the copy unused for longest is given up, but never the home tenant's", async () => {
  replicas = open(3);
  for (const tenant of ["home", "a", "b"]) {
    await replicas.get(tenant);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await replicas.get("a");
  await new Promise((resolve) => setTimeout(resolve, 2));
  await replicas.get("c");
  await expect.poll(() => closed).toEqual(["b"]);
  expect(replicas.size).toBe(3);
  expect(replicas.homeRevision).toBe(7n);
});

test("when the server comes back with another catalogue, a copy is made of that, and matches wait for it", async () => {
  const asked: object[] = [];
  const ends = new Set<() => void>();
  let [catalogId, title] = ["before", "Lost"];
  const restored = {
    async *watchCatalog({ catalogId: held, afterRevision }: WatchCatalogRequest, { signal }: { signal: AbortSignal }) {
      asked.push({ held, afterRevision });
      const changes = held === catalogId ? [] : [{ movieId: title, movie: { id: title, title } }];
      yield create(WatchCatalogResponseSchema, { changes, revision: 7n, caughtUp: true, catalogId });
      await new Promise<void>((resolve) => {
        ends.add(resolve);
        signal.addEventListener("abort", () => resolve());
      });
    },
  } as unknown as Client<typeof WorkerService>;
  replicas = open(undefined, restored);
  const before = await replicas.get("home");
  // The server is started anew with the same catalogue: what is held stays.
  for (const end of ends) end();
  await expect
    .poll(() => asked)
    .toEqual([
      { held: "", afterRevision: 0n },
      { held: "before", afterRevision: 7n },
    ]);
  expect((await replicas.get("home")).replica).toBe(before.replica);
  [catalogId, title] = ["restored", "Found"];
  for (const end of ends) end();
  await expect.poll(() => asked.length).toBe(4);
  const { replica } = await replicas.get("home");
  expect([replica.ordinalOf("Lost"), replica.ordinalOf("Found")]).toEqual([undefined, 0]);
  expect(asked.at(-1)).toEqual({ held: "", afterRevision: 0n });
  expect(replicas.size).toBe(1);
});
