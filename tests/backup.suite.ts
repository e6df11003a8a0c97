import { cp, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, EventType, MatchLane, type NodeClient } from "@cinedeepmatch/sdk-node";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { writeTinyTasteModel } from "../packages/server/src/onnx/tiny-taste-model.test.support.js";
import { runCli } from "./run-cli.js";
import { type SpawnedServer, startServer } from "./spawn-server.js";

/** The variables of a set of empty stores. */
export type StoreVariables = Readonly<Record<string, string>>;

const TEXT = "a lighthouse keeper befriends a whale";

/** What a deployment does against the day on which everything is lost, and on that day. */
export function describeBackup(name: string, stores: { from: StoreVariables; to: StoreVariables }): void {
  describe(`backup and restore on ${name}`, () => {
    let folder: string;
    let server: SpawnedServer | undefined;
    let secret: string;
    let before: Awaited<ReturnType<typeof observe>>;
    const path = (file: string) => join(folder, file);

    async function start(env: StoreVariables, dataDirectory: string): Promise<NodeClient> {
      server = await startServer({ env, dataDirectory });
      return createClient({ baseUrl: server.gatewayUrl, token: server.token });
    }

    /** Registers a model, and waits until it judges taste. */
    async function useModel(client: NodeClient): Promise<void> {
      const { contentModel } = await client.models.listMovieVectors({ pageSize: 1 });
      const { name = "", version = "", dimension = 0 } = contentModel ?? {};
      await writeTinyTasteModel(path("model"), { content: { name, version, dimension } });
      const access = ["--url", server?.grpcUrl ?? "", "--token", server?.token ?? ""];
      for (const args of [
        ["register", path("model")],
        ["activate", "tiny@1"],
      ]) {
        const { code, stderr } = await runCli(["model", ...args, ...access]);
        expect(code, stderr).toBe(0);
      }
      await vi.waitUntil(() => judgedBy(client, "1"), { timeout: 60_000, interval: 100 });
    }

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "cinedeepmatch-backup-"));
      const client = await start(stores.from, path("from"));
      const movies = ["The Whale's Friend", "Two Accountants", "Night Bus", "A Garden of Clocks"].map(
        (title, index) => ({
          id: `m-${index}`,
          title,
          synopsis: index === 0 ? "A lonely lighthouse keeper and a whale." : `Another story about ${title}.`,
          credits: [{ displayName: "Ada Example" }],
        }),
      );
      await client.catalog.batchUpsertMovies({ movies });
      const encoded = async () => (await client.catalog.getStatus()).encodedCount === 4n;
      await vi.waitUntil(encoded, { timeout: 60_000, interval: 100 });
      await client.activity.record([{ id: "e", userId: "ann", movieId: "m-2", type: EventType.LIKED }]);
      await useModel(client);
      ({ secret } = await client.accounts.createApiKey({ displayName: "shop", scopes: ["match:read"] }));
    }, 120_000);
    afterAll(async () => {
      await server?.stop();
      await rm(folder, { recursive: true });
    }, 60_000);

    test("a backup is taken while the server answers, and only by its operators", async () => {
      const { opsUrl = "", gatewayUrl = "", token = "" } = server ?? {};
      const client = createClient({ baseUrl: gatewayUrl, token, maxRetries: 0 });
      let isTaken = false;
      const taken = runCli(["backup", path("file"), "--url", opsUrl, "--token", token]).finally(() => {
        isTaken = true;
      });
      // However slow the machine is, this lane sheds nothing of so little.
      const asked = () => client.match({ text: TEXT, lane: MatchLane.BULK });
      do expect((await asked()).results).toHaveLength(4);
      while (!isTaken);
      const { code, stderr } = await taken;
      expect(code, stderr).toBe(0);
      expect(stderr).toContain("4 in movies");
      expect(stderr).toContain("3 in model files");
      expect((await stat(path("file"))).mode & 0o777).toBe(0o600);
      before = await observe(client);
      expect((await fetch(`${gatewayUrl}/admin/backup`)).status).toBe(401);
      const refused = await runCli(["backup", path("no"), "--url", opsUrl, "--token", "v4.local.nothing"]);
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("ops:admin") });
      await expect(stat(path("no"))).rejects.toThrow("ENOENT");
    });

    test("after everything but the keys was lost, all is as it was, and tokens and keys go on working", async () => {
      const { token } = server ?? {};
      expect(await server?.stop()).toBe(0);
      await cp(path("from/keys"), path("to/keys"), { recursive: true });
      const { code, stdout, stderr } = await runCli(["restore", path("file"), "--data-dir", path("to")], stores.to);
      expect(code, stderr).toBe(0);
      expect(stdout).toContain("4 movies; 3 model files");
      const client = await start(stores.to, path("to"));
      await vi.waitUntil(() => judgedBy(client, "1"), { timeout: 60_000, interval: 100 });
      expect(await observe(client)).toEqual(before);
      const byOldToken = createClient({ baseUrl: server?.gatewayUrl ?? "", token });
      expect((await byOldToken.match({ text: TEXT })).results[0]?.movie?.id).toBe("m-0");
      expect((await byOldToken.accounts.exchangeApiKey({ secret })).token).not.toBe("");
    }, 120_000);

    test("stores that hold something are not touched unless that is said", async () => {
      expect(await server?.stop()).toBe(0);
      const refused = await runCli(["restore", path("file"), "--data-dir", path("to")], stores.to);
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("--replace") });
      const replaced = await runCli(["restore", path("file"), "--data-dir", path("to"), "--replace"], stores.to);
      expect(replaced.code, replaced.stderr).toBe(0);
    }, 60_000);

    test("a backup without a server holds the same", async () => {
      const { code, stderr } = await runCli(
        ["backup", path("again"), "--offline", "--data-dir", path("to")],
        stores.to,
      );
      expect(code, stderr).toBe(0);
      expect(stderr).toContain("4 in movies");
      expect(stderr).toContain("1 in events");
    }, 60_000);
  });
}

/** Whether this version of the registered model judges taste. */
async function judgedBy(client: NodeClient, version: string): Promise<boolean> {
  return (await client.match({ userId: "ann" })).tasteModel?.version === version;
}

/** What can be seen of a deployment from outside, but for what differs from one call to the next. */
async function observe(client: NodeClient) {
  const { results } = await client.match({ text: TEXT, explain: true });
  const byTaste = await client.match({ userId: "ann", excludeSeen: true });
  const movies = await client.catalog.listMovies({}).toArray({ limit: 100 });
  return {
    results: results.map(({ movie, score, reasons }) => ({ id: movie?.id, score, reasons })),
    // Events weigh less from one moment to the next.
    byTaste: byTaste.results.map(({ movie }) => movie?.id),
    movies: movies.map(({ id, etag, createTime, updateTime }) => ({ id, etag, createTime, updateTime })),
    person: await client.people.get({ id: "ada-example" }),
    events: await client.activity.listEvents({ userId: "ann" }).toArray({ limit: 10 }),
  };
}
