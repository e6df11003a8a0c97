import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createClient,
  EventType,
  MatchJobState,
  type NodeClient,
  type WatchMatchJobResponse,
} from "@cinedeepmatch/sdk-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { needsServer } from "../packages/server/src/stores/testing/needs-server.test.support.js";
import { TemporaryMongo } from "../packages/server/src/stores/testing/temporary-mongo.js";
import { TemporaryPostgres } from "../packages/server/src/stores/testing/temporary-postgres.js";
import { freePort } from "./free-port.js";
import { issueTestToken } from "./run-cli.js";
import { type SpawnedServer, startServer } from "./spawn-server.js";

const REQUESTS = 600;
const WRONG = 7;

/** As many requests as that, one of which is wrong. */
function manyRequests(count = REQUESTS) {
  return Array.from({ length: count }, (_, index) =>
    index === WRONG ? {} : { text: `a heist in dream number ${index}`, pageSize: 2, readMask: { paths: ["id"] } },
  );
}

/** What a watcher saw: every result once, in order, and the job as it was last. */
function expectComplete(seen: readonly WatchMatchJobResponse[], count = REQUESTS): void {
  const results = seen.flatMap(({ update }) => (update.case === "result" ? update.value : []));
  expect(results.map(({ index }) => index)).toEqual(Array.from({ length: count }, (_, index) => index));
  expect(results.filter(({ errorReason }) => errorReason !== "").map(({ index }) => index)).toEqual([WRONG]);
  expect(results[WRONG]).toMatchObject({ errorReason: "QUERY_EMPTY", errorMessage: expect.stringContaining("text") });
  expect(results.every(({ response, index }) => response?.results.length === 2 || index === WRONG)).toBe(true);
  const last = seen.at(-1)?.update;
  expect(last?.value).toMatchObject({
    state: MatchJobState.DONE,
    requestCount: count,
    succeededCount: count - 1,
    failedCount: 1,
  });
}

/** Waits until the worker that answers knows so many movies: it hears of them within seconds. */
async function untilMatched(client: NodeClient, count: number): Promise<void> {
  await expect
    .poll(async () => (await client.match({ text: "a heist in dream" })).results.length, { timeout: 30_000 })
    .toBe(count);
}

describe("match jobs on the embedded server", () => {
  let folder: string;
  let server: SpawnedServer;
  let ports: { grpcPort: number };
  let client: NodeClient;
  const clientOf = (token = server.token) => createClient({ baseUrl: server.grpcUrl, token, protocol: "grpc" });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "match-jobs-"));
    ports = { grpcPort: await freePort() };
    server = await startServer({ starterCatalog: true, dataDirectory: join(folder, "data"), ...ports });
    client = clientOf();
  }, 120_000);
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test("a job outlasts kill -9 of the server, and who watches it gets every result once", {
    timeout: 180_000,
  }, async () => {
    const job = await client.matchJobs.create({ requests: manyRequests() });
    expect(job).toMatchObject({ state: MatchJobState.QUEUED, requestCount: REQUESTS });
    const seen: WatchMatchJobResponse[] = [];
    let restarted: Promise<void> | undefined;
    const restart = async () => {
      await server.kill();
      server = await startServer({ dataDirectory: join(folder, "data"), ...ports });
    };
    for await (const response of client.matchJobs.watch({ id: job.id }, { maxRetries: 60 })) {
      seen.push(response);
      if (seen.filter(({ update }) => update.case === "result").length === 100) restarted ??= restart();
    }
    await restarted;
    expect(restarted).toBeDefined();
    expectComplete(seen);
    expect(await client.matchJobs.get({ id: job.id })).toMatchObject({ state: MatchJobState.DONE });
  });

  test("a cancelled job stops, and what it has stays readable", async () => {
    const job = await client.matchJobs.create({ requests: manyRequests(5_000) });
    const indexes: number[] = [];
    for await (const { update } of client.matchJobs.watch({ id: job.id })) {
      if (update.case === "result") indexes.push(update.value.index);
      if (indexes.length === 20) await client.matchJobs.cancel({ id: job.id });
    }
    const cancelled = await client.matchJobs.get({ id: job.id });
    expect(cancelled.state).toBe(MatchJobState.CANCELLED);
    expect(cancelled.succeededCount + cancelled.failedCount).toBe(indexes.length);
    expect(indexes.length).toBeLessThan(5_000);
    const again: number[] = [];
    for await (const { update } of client.matchJobs.watch({ id: job.id, afterIndex: 10 })) {
      if (update.case === "result") again.push(update.value.index);
    }
    expect(again).toEqual(indexes.filter((index) => index > 10));
    expect(await client.matchJobs.cancel({ id: job.id })).toEqual(cancelled);
  });

  test("a job is its creator's: other subjects, tenants and users have none", async () => {
    const job = await client.matchJobs.create({ requests: [{ text: "mine" }] });
    const missing = { code: "not_found", reason: "MATCH_JOB_NOT_FOUND", metadata: { match_job_id: job.id } };
    for (const flags of [
      ["--subject", "somebody"],
      ["--tenant", "other"],
    ]) {
      const other = clientOf(await issueTestToken(server.dataDirectory, ["match:bulk"], flags));
      const watch = async () => {
        for await (const _ of other.matchJobs.watch({ id: job.id }));
      };
      await expect(other.matchJobs.get({ id: job.id })).rejects.toMatchObject(missing);
      await expect(other.matchJobs.cancel({ id: job.id })).rejects.toMatchObject(missing);
      await expect(watch()).rejects.toMatchObject(missing);
    }
    const { token } = await client.accounts.mintUserToken({ userId: "ann" });
    await expect(clientOf(token).matchJobs.get({ id: job.id })).rejects.toMatchObject({ reason: "SCOPE_MISSING" });
  });

  test("a repeated request id gives the same job, with other requests it is refused", async () => {
    const [requestId, requests] = ["twice", [{ text: "once" }]];
    const first = await client.matchJobs.create({ requestId, requests });
    expect((await client.matchJobs.create({ requestId, requests })).id).toBe(first.id);
    const other = client.matchJobs.create({ requestId, requests: [{ text: "other" }] });
    await expect(other).rejects.toMatchObject({ code: "already_exists", reason: "REQUEST_ID_TAKEN" });
  });

  test("erasing a user reaches what jobs hold of them", async () => {
    const userId = "erased";
    await client.activity.record([{ userId, movieId: "alien-1979", type: EventType.LIKED }]);
    const { id } = await client.matchJobs.create({ requests: [{ userId }, { text: "space" }] });
    const results = async () => {
      const all = [];
      for await (const { update } of client.matchJobs.watch({ id })) {
        if (update.case === "result") all.push(update.value);
      }
      return all;
    };
    expect((await results()).map(({ errorReason }) => errorReason)).toEqual(["", ""]);
    await client.activity.eraseUserData({ userId });
    expect((await results()).map(({ errorReason }) => errorReason)).toEqual(["CANCELLED", ""]);
  });

  test("over REST a job is watched as lines of JSON and as server-sent events", async () => {
    const headers = { authorization: `Bearer ${server.token}`, "content-type": "application/json" };
    const body = JSON.stringify({ requests: [{ text: "a heist", pageSize: 1, readMask: "id" }, {}] });
    const created = await fetch(`${server.gatewayUrl}/v1/matchJobs`, { method: "POST", headers, body });
    const { id } = (await created.json()) as { id: string };
    const watch = `${server.gatewayUrl}/v1/matchJobs/${id}:watch`;
    const lines = (await (await fetch(watch, { headers })).text()).trimEnd().split("\n");
    const updates = lines.map(
      (line) => JSON.parse(line) as { job?: { state: string }; result?: { errorReason: string } },
    );
    expect(updates.flatMap(({ result }) => (result ? [result.errorReason] : []))).toEqual([undefined, "QUERY_EMPTY"]);
    expect(updates.at(-1)?.job?.state).toBe("MATCH_JOB_STATE_DONE");
    const events = await (await fetch(watch, { headers: { ...headers, accept: "text/event-stream" } })).text();
    expect(events.match(/^data: \{"result"/gm)).toHaveLength(2);
    expect(events).toContain("event: end");
    const got = await fetch(`${server.gatewayUrl}/v1/matchJobs/${id}`, { headers });
    expect(await got.json()).toMatchObject({ succeededCount: 1, failedCount: 1 });
    const gone = await fetch(`${server.gatewayUrl}/v1/matchJobs/none:cancel`, { method: "POST", headers, body: "{}" });
    expect(gone.status).toBe(404);
  });
});

needsServer("TEST_DATABASE_URL", (databaseUrl) =>
  needsServer("TEST_MONGODB_URL", (mongodbUrl) =>
    needsServer("TEST_REDIS_URL", (redisUrl) => {
      test("two gRPC servers share jobs, and one goes on with what a killed one has left", {
        timeout: 180_000,
      }, async () => {
        const postgres = new TemporaryPostgres(databaseUrl);
        const mongo = new TemporaryMongo(mongodbUrl);
        await postgres.make();
        const env = { DATABASE_URL: postgres.url, MONGODB_URL: mongo.url, REDIS_URL: new URL("/7", redisUrl).href };
        const first = await startServer({ env });
        const options = { token: first.token, protocol: "grpc" } as const;
        const one = createClient({ ...options, baseUrl: first.grpcUrl });
        const movies = ["Heist", "Dream"].map((title) => ({ id: title, title }));
        await one.catalog.batchUpsertMovies({ movies });
        await untilMatched(one, movies.length);
        // Its worker begins with what is in the catalogue; had it been there before, either might have answered.
        const second = await startServer({ env, dataDirectory: first.dataDirectory });
        try {
          const other = createClient({ ...options, baseUrl: second.grpcUrl });
          const jobs = await Promise.all(
            Array.from({ length: 3 }, () => one.matchJobs.create({ requests: manyRequests() })),
          );
          const seen = jobs.map(async ({ id }) => {
            const responses: WatchMatchJobResponse[] = [];
            for await (const response of other.matchJobs.watch({ id })) responses.push(response);
            return responses;
          });
          await expect
            .poll(async () => (await other.matchJobs.get({ id: jobs[0]?.id ?? "" })).succeededCount, {
              timeout: 60_000,
            })
            .toBeGreaterThan(0);
          await first.kill();
          for (const responses of await Promise.all(seen)) expectComplete(responses);
        } finally {
          await second.stop();
          await rm(first.dataDirectory, { recursive: true, force: true });
          await Promise.all([postgres.remove(), mongo.remove()]);
        }
      });
    }),
  ),
);
