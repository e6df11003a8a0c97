import { createHash, randomBytes } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { create } from "@bufbuild/protobuf";
import { CreditRole, ImportMode, MovieFilterSchema, MovieOrder, MovieSchema } from "@cinedeepmatch/contract";
import { createBullmqPool } from "./embedded/bullmq-pool.js";
import { openDataDirectory } from "./embedded/data-directory.js";
import { createEmbeddedCatalogStore } from "./embedded/embedded-catalog-store.js";
import { openDatabase } from "./embedded/open-database.js";

const N = Number(process.argv[2] ?? 40000);
rmSync("/tmp/exp/bench", { recursive: true, force: true });
let t = performance.now();
const dir = await openDataDirectory("/tmp/exp/bench");
const database = await openDatabase(dir);
console.log("open new", (performance.now() - t) | 0, "ms");
t = performance.now();
const pool = await createBullmqPool(database.pglite);
console.log("bullmq pool", (performance.now() - t) | 0, "ms");
const store = createEmbeddedCatalogStore({
  db: database.db,
  textDigest: (m) =>
    createHash("sha256")
      .update(m.title + m.synopsis + m.genres.join())
      .digest("base64url"),
});
const raw = JSON.parse(gunzipSync(readFileSync("/work/shared/data/wikipedia-movies.json.gz")).toString()).slice(0, N);
const movies = raw.map((r: any, i: number) =>
  create(MovieSchema, {
    id: `${r.title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .slice(0, 80)}-${r.year}-${i}`.replace(/^-+/, "x"),
    title: r.title,
    releaseYear: r.year,
    genres: r.genres,
    synopsis: r.extract ?? "",
    posterUri: r.thumbnail ?? "",
    credits: r.cast.map((n: string) => ({ displayName: n, role: CreditRole.ACTOR })),
    externalIds: r.href ? [{ source: "wikipedia", value: r.href + "#" + i }] : [],
  }),
);
const rss = () => (process.memoryUsage().rss / 1e6) | 0;
let worst = 0,
  last = performance.now(),
  stalls = 0;
const watch = () => {
  const now = performance.now();
  const d = now - last;
  if (d > worst) worst = d;
  if (d > 100) stalls++;
  last = now;
};
let on = true;
const loop = () => {
  watch();
  if (on) setImmediate(loop);
};
loop();
const phase = async (name: string, n: number, f: () => Promise<unknown>) => {
  worst = 0;
  stalls = 0;
  last = performance.now();
  const t = performance.now();
  const r = await f();
  watch();
  const ms = performance.now() - t;
  console.log(
    name.padEnd(34),
    `${ms.toFixed(0)} ms`,
    n ? `${((n / ms) * 1000).toFixed(0)}/s` : "",
    `worst turn ${worst.toFixed(0)} ms, ${stalls} > 100 ms, rss ${rss()} MB`,
  );
  return r;
};
let longest = 0;
console.log("movies", movies.length, "rss", rss());
await phase("import by 500", movies.length, async () => {
  for (let i = 0; i < movies.length; i += 500) {
    const s = performance.now();
    const rows = movies.slice(i, i + 500).map((movie: any, j: number) => ({ row: i + j + 1, movie }));
    const r = await store.importBatch("t", {
      importId: "a",
      mode: ImportMode.UNSPECIFIED,
      lastRow: i + rows.length,
      rows,
      rejectedCount: 0,
    });
    if (r.rejections.length) console.log(r.rejections.slice(0, 3));
    longest = Math.max(longest, performance.now() - s);
  }
});
console.log("longest batch", longest | 0, "ms");
await phase("status x100", 100, async () => {
  for (let i = 0; i < 100; i++) await store.status("t", "m1");
});
console.log(await store.status("t", "m1"));
const feed = async () => {
  let rev = 0n,
    n = 0;
  for (;;) {
    const p = await store.changesAfter("t", rev, "m1", 500);
    if (p.revision === rev) break;
    rev = p.revision;
    n += p.changes.length;
  }
  return n;
};
await phase("feed without vectors", movies.length, feed);
await phase("encode all (384 floats)", movies.length, async () => {
  let after = "",
    n = 0;
  for (;;) {
    const todo = await store.moviesToEncode("t", "m1", after, 500);
    if (!todo.length) break;
    n += await store.storeVectors(
      "t",
      "m1",
      todo.map((x) => ({ movieId: x.movie.id, textDigest: x.textDigest, vector: randomBytes(1536) })),
    );
    after = todo.at(-1)!.movie.id;
  }
  console.log("encoded", n);
});
await phase("feed with vectors", movies.length, feed);
await phase("moviesToEncode none x100", 100, async () => {
  for (let i = 0; i < 100; i++) await store.moviesToEncode("t", "m1", "", 500);
});
await store.upsertMovies("t", [{ ...movies[30000 % movies.length], synopsis: "new" }]);
await phase("moviesToEncode one x10", 10, async () => {
  for (let i = 0; i < 10; i++) await store.moviesToEncode("t", "m1", "", 500);
});
for (const [name, q] of Object.entries<any>({
  byId: {},
  title: { order: MovieOrder.TITLE },
  newest: { order: MovieOrder.NEWEST },
  rating: { order: MovieOrder.RATING },
  comedy: { filter: { genres: { any: ["comedy"] } } },
  "comedy newest": { filter: { genres: { any: ["comedy"] } }, order: MovieOrder.NEWEST },
  "not comedy title": { filter: { genres: { none: ["comedy"] } }, order: MovieOrder.TITLE },
  "title q": { titleQuery: "find nem" },
  "title t*": { titleQuery: "t", order: MovieOrder.TITLE },
  person: { filter: { personIds: { all: ["tom-hanks"] } }, order: MovieOrder.NEWEST },
  "year 1990-1992": { filter: { releaseYear: { min: 1990, max: 1992 } } },
}))
  await phase("list " + name + " x10", 10, async () => {
    let p;
    for (let i = 0; i < 10; i++)
      p = await store.listMovies("t", {
        filter: q.filter && create(MovieFilterSchema, q.filter),
        titleQuery: q.titleQuery ?? "",
        order: q.order ?? 0,
        cursor: undefined,
        limit: 50,
      });
    return p;
  });
await phase("people prefix x10", 10, async () => {
  for (let i = 0; i < 10; i++) await store.listPeople("t", { nameQuery: "tom h", cursor: undefined, limit: 50 });
});
await phase("people all x10", 10, async () => {
  for (let i = 0; i < 10; i++) await store.listPeople("t", { nameQuery: "", cursor: undefined, limit: 50 });
});
await phase("credits x10", 10, async () => {
  for (let i = 0; i < 10; i++) await store.listPersonCredits("t", "john-wayne", { cursor: undefined, limit: 50 });
});
await phase("getMovies 20 x100", 100, async () => {
  for (let i = 0; i < 100; i++)
    await store.getMovies(
      "t",
      movies.slice(i * 20, i * 20 + 20).map((m: any) => m.id),
    );
});
await phase("update x100", 100, async () => {
  for (let i = 0; i < 100; i++) await store.updateMovie("t", movies[i].id, (m) => ({ ...m!, runtimeMinutes: i }));
});
await phase("reimport (same)", movies.length, async () => {
  for (let i = 0; i < movies.length; i += 500) {
    const rows = movies.slice(i, i + 500).map((movie: any, j: number) => ({ row: i + j + 1, movie }));
    await store.importBatch("t", {
      importId: "b",
      mode: ImportMode.UNSPECIFIED,
      lastRow: i + rows.length,
      rows,
      rejectedCount: 0,
    });
  }
});
await phase("upsert all again (replace)", movies.length, async () => {
  for (let i = 0; i < movies.length; i += 500) await store.upsertMovies("t", movies.slice(i, i + 500));
});
for (const r of (
  await database.pglite.query<any>(
    "select relname, pg_total_relation_size(oid)/1000 as kb from pg_class where relnamespace='cinedeepmatch'::regnamespace and relkind in ('r','i') order by 2 desc limit 12",
  )
).rows)
  console.log(r.relname, r.kb);
console.log((await database.pglite.query<any>("select count(*), sum(size)/1e6 as mb from pg_ls_waldir()")).rows);
on = false;
await phase("close", 0, async () => {
  await pool.end();
  await database.close();
  await dir.close();
});
t = performance.now();
const d2 = await openDataDirectory("/tmp/exp/bench");
const db2 = await openDatabase(d2);
console.log("reopen", (performance.now() - t) | 0, "ms");
await db2.close();
await d2.close();
console.log(process.getActiveResourcesInfo());
