import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, EventType, type NodeClient } from "@cinedeepmatch/sdk-node";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { writeTinyTasteModel } from "../packages/server/src/onnx/tiny-taste-model.test.support.js";
import { needsServer } from "../packages/server/src/stores/testing/needs-server.test.support.js";
import { runCli } from "./run-cli.js";
import { type Deployment, startDeployment } from "./spawn-deployment.js";
import { type SpawnedRole, spawnRole } from "./spawn-role.js";

const KEPT = ["a", "b", "c"];
const LATER = ["d", "e", "f", "g", "h"];
const moviesOf = (ids: readonly string[]) =>
  ids.map((id) => ({ id, title: `The whale's friend, part ${id}`, synopsis: "A lighthouse keeper and a whale." }));

needsServer("TEST_REDIS_URL", (redisUrl) => {
  // Of Redis's numbered databases one that no other test uses: who shares a queue shares its work.
  const stores = { REDIS_URL: new URL("/14", redisUrl).href };
  let deployment: Deployment;
  let client: NodeClient;
  let folder: string;
  let restored: SpawnedRole | undefined;
  const path = (name: string) => join(folder, name);

  async function put(ids: readonly string[], count: bigint): Promise<void> {
    await client.catalog.batchUpsertMovies({ movies: moviesOf(ids) });
    const encoded = async () => (await client.catalog.getStatus()).encodedCount === count;
    await vi.waitUntil(encoded, { timeout: 60_000, interval: 100 });
  }

  async function cli(...args: string[]): Promise<void> {
    const { code, stderr } = await runCli(args);
    expect(code, stderr).toBe(0);
  }

  /** What is found by text and by taste, and by which model. */
  async function found(): Promise<{ ids: string[]; model: string | undefined }> {
    const [text, taste] = await Promise.all([
      client.match({ text: "a whale", pageSize: 10 }),
      client.match({ session: { events: [{ id: "s", movieId: "a", type: EventType.LIKED }] } }),
    ]);
    return { ids: text.results.map(({ movie }) => movie?.id ?? "").sort(), model: taste.tasteModel?.version };
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cinedeepmatch-restore-"));
    deployment = await startDeployment({ stores, env: { RESULT_CACHE: "off" }, gateways: 0, workers: 1 });
    const { grpcUrl, token } = deployment;
    client = createClient({ baseUrl: grpcUrl, token, protocol: "grpc" });
    await put(KEPT, 3n);
    const { contentModel } = await client.models.listMovieVectors({ pageSize: 1 });
    const { name = "", version = "", dimension = 0 } = contentModel ?? {};
    await writeTinyTasteModel(path("model"), { content: { name, version, dimension } });
    const access = ["--url", grpcUrl, "--token", token];
    await cli("model", "register", path("model"), ...access);
    await cli("model", "activate", "tiny@1", ...access);
  }, 180_000);
  afterAll(async () => {
    await deployment?.stop();
    await restored?.stop();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  test("workers that outlive a restore into new stores match what was restored", { timeout: 180_000 }, async () => {
    const { grpc, grpcUrl, token, dataDirectory, workers } = deployment;
    await cli("backup", path("file"), "--url", grpc.ready.opsUrl ?? "", "--token", token);
    // More has been written than the restored stores will have seen.
    await put(LATER, 8n);
    await vi.waitUntil(async () => (await found()).ids.length === 8, { timeout: 30_000, interval: 200 });
    expect(await grpc.stop()).toBe(0);
    await cp(join(dataDirectory, "keys"), path("to/keys"), { recursive: true });
    await cli("restore", path("file"), "--data-dir", path("to"));
    const flags = ["--role", "grpc", "--grpc-port", new URL(grpcUrl).port, "--data-dir", path("to")];
    restored = await spawnRole(flags, { ...stores, RESULT_CACHE: "off" });
    await vi.waitFor(async () => expect(await found()).toEqual({ ids: KEPT, model: "1" }), {
      timeout: 60_000,
      interval: 500,
    });
    expect(workers[0]?.child.exitCode).toBeNull();
  });
});
