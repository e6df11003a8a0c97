import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CineDeepMatchError,
  createClient,
  EventType,
  MatchLane,
  type MatchResponse,
  ModelAction,
  ModelState,
  type NodeClient,
} from "@cinedeepmatch/sdk-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TinyTaste, writeTinyTasteModel } from "../packages/server/src/onnx/tiny-taste-model.test.support.js";
import { issueTestToken, runCli } from "./run-cli.js";
import { type SpawnedServer, startServer } from "./spawn-server.js";

const LIKED = ["interstellar-2014", "gravity-2013", "apollo-13-1995"];
const session = (ids: readonly string[], type = EventType.LIKED) => ({
  events: ids.map((movieId, at) => ({ id: `${ids[0]}-${at}`, movieId, type })),
});

describe("registered models on a running server", { timeout: 120_000 }, () => {
  let server: SpawnedServer;
  let client: NodeClient;
  let folder: string;
  let content: { name: string; version: string; dimension: number };

  beforeAll(async () => {
    server = await startServer({ starterCatalog: true, env: { RATE_LIMIT_GATEWAY: "off" } });
    client = createClient({ baseUrl: server.gatewayUrl, token: server.token });
    folder = await mkdtemp(join(tmpdir(), "models-"));
    const { contentModel, movies } = await client.models.listMovieVectors({ pageSize: 2 });
    content = {
      name: contentModel?.name ?? "",
      version: contentModel?.version ?? "",
      dimension: contentModel?.dimension ?? 0,
    };
    expect(movies[0]?.vector).toHaveLength(content.dimension * 4);
  }, 180_000);
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    expect(await server?.stop()).toBe(0);
  });

  const cli = (...args: string[]) => runCli(["model", ...args, "--url", server.grpcUrl, "--token", server.token]);

  async function register(version: string, options: TinyTaste = {}): Promise<string> {
    const path = join(folder, version);
    await writeTinyTasteModel(path, { version, content, events: 16, items: LIKED, ...options });
    const { code, stderr } = await cli("register", path, "--label", "owner=ada", "--json");
    expect(code, stderr).toBe(0);
    return `tiny@${version}`;
  }

  /** Waits until this model, or none, judges taste. */
  async function answeredBy(
    version: string | undefined,
    request = { session: session(LIKED) },
  ): Promise<MatchResponse> {
    let answer = await client.match(request);
    await expect
      .poll(
        async () => {
          answer = await client.match(request);
          return answer.tasteModel?.version;
        },
        { timeout: 20_000 },
      )
      .toBe(version);
    return answer;
  }

  const topOf = ({ results }: MatchResponse, count = 10) => results.slice(0, count).map(({ movie }) => movie?.id ?? "");

  test("a model is registered, activated, judges taste within seconds, and is rolled back by one command", async () => {
    const before = await client.match({ session: session(LIKED), excludeSeen: true });
    expect(before.tasteModel).toBeUndefined();
    expect((await client.match({ text: "space" })).tasteModel).toBeUndefined();

    const reversed = await register("reversed", { gain: -1 });
    expect((await cli("activate", reversed)).code).toBe(0);
    const opposite = await answeredBy("reversed");
    expect(topOf(opposite).filter((id) => topOf(before).includes(id))).toEqual([]);
    const text = await client.match({ text: "a heist", session: session(LIKED), excludeIds: topOf(opposite) });
    expect(text.tasteModel?.version).toBe("reversed");
    expect(topOf(text, 20).filter((id) => topOf(opposite).includes(id))).toEqual([]);
    expect(text.results).toHaveLength(20);

    const back = await cli("rollback", "--json");
    expect(JSON.parse(back.stdout)).toMatchObject({ kind: "MODEL_KIND_TEXT_ENCODER" });
    expect(topOf(await answeredBy(undefined, { session: session(LIKED) }))).toEqual(
      topOf(await client.match({ session: session(LIKED) })),
    );
    const { history } = await client.models.list();
    expect(history.slice(0, 3).map(({ action }) => action)).toEqual([
      ModelAction.ROLL_BACK,
      ModelAction.ACTIVATE,
      ModelAction.REGISTER,
    ]);
    expect(await cli("rollback")).toMatchObject({ code: 1, stderr: expect.stringContaining("nothing to go back to") });
  });

  test("a click counts in the next call, filters and exclusions hold, and a new movie is known at once", async () => {
    await cli("activate", await register("plain"));
    await answeredBy("plain");
    const userId = "clicker";
    await client.activity.record([{ userId, movieId: "interstellar-2014", type: EventType.CLICKED }]);
    const space = await client.match({ userId, excludeSeen: true, pageSize: 20 });
    expect(space.tasteModel?.version).toBe("plain");
    await client.activity.record([{ userId, movieId: "finding-nemo-2003", type: EventType.LIKED }]);
    const fish = await client.match({ userId, excludeSeen: true, pageSize: 20 });
    expect(topOf(fish, 20)).not.toEqual(topOf(space, 20));
    expect(topOf(fish, 20)).not.toContain("finding-nemo-2003");

    const genres = await client.match({
      userId,
      filter: { genres: { any: ["horror"] } },
      excludeSeen: true,
      explain: true,
    });
    expect(genres.results.length).toBeGreaterThanOrEqual(15);
    for (const { movie } of genres.results) expect(movie?.genres).toContain("Horror");

    const synopsis = "A clownfish father crosses the ocean with a forgetful friend to find his missing son.";
    await client.catalog.createMovie({ movie: { id: "fish-again", title: "Fish Again", synopsis } });
    await expect
      .poll(async () => topOf(await client.match({ userId, excludeSeen: true, pageSize: 20 }), 20), { timeout: 20_000 })
      .toContain("fish-again");
    await client.catalog.deleteMovie({ id: "fish-again" });
  });

  test("what is disliked is pushed away also where a model judges", async () => {
    const liked = await client.match({ session: session(["finding-nemo-2003"]), pageSize: 20 });
    const [, nearest = ""] = topOf(liked);
    const events = [
      { id: "a", movieId: "finding-nemo-2003", type: EventType.LIKED },
      { id: "b", movieId: nearest, type: EventType.DISLIKED },
    ];
    const torn = await client.match({ session: { events }, pageSize: 20, excludeIds: ["finding-nemo-2003"] });
    expect(liked.tasteModel?.version).toBe("plain");
    expect(torn.tasteModel?.version).toBe("plain");
    const place = (answer: MatchResponse) => topOf(answer, 20).indexOf(nearest);
    expect(place(liked)).toBe(1);
    expect(place(torn)).toBe(-1);
  });

  test("swap, canary, shadow and roll back under load lose no request, and users stay with their model", async () => {
    const next = await register("next", { gain: 0.5 });
    const models = new Map<string, Set<string>>();
    let asked = 0;
    let answered = 0;
    const failures: unknown[] = [];
    let stop = false;
    const versions = new Set<string>();
    const client9090 = createClient({ baseUrl: server.grpcUrl, token: server.token, protocol: "grpc", maxRetries: 0 });
    const caller = async (number: number) => {
      for (let turn = 0; !stop; turn++) {
        const key = `load-${number}-${turn % 10}`;
        asked++;
        try {
          // However slow the machine is, this lane sheds nothing of so little.
          const { results, tasteModel } = await client9090.match({
            lane: MatchLane.STANDARD,
            session: { events: [{ id: key, movieId: "heat-1995", type: EventType.LIKED }] },
          });
          expect(results).toHaveLength(20);
          answered++;
          const version = tasteModel?.version ?? "content";
          versions.add(version);
          models.set(key, (models.get(key) ?? new Set()).add(version));
        } catch (error) {
          failures.push(error);
        }
      }
    };
    const callers = Array.from({ length: 6 }, (_, number) => caller(number));
    const step = async (state: ModelState, act: () => Promise<unknown>) => {
      await act();
      await expect
        .poll(
          async () => {
            const { models: all } = await client.models.list();
            const model = all.find(({ version }) => version === "next");
            return model?.state === state && (state === ModelState.REGISTERED || model.readyWorkerCount === 1);
          },
          { timeout: 20_000 },
        )
        .toBe(true);
      models.clear();
      const from = answered;
      await expect.poll(() => answered - from, { timeout: 30_000 }).toBeGreaterThan(60);
    };

    await step(ModelState.SHADOW, () => cli("shadow", next));
    await expect
      .poll(async () => (await client.models.get({ name: "tiny", version: "next" })).traffic?.agreement, {
        timeout: 20_000,
      })
      .toBeGreaterThan(0.9);
    await step(ModelState.CANARY, () => cli("canary", next, "50%"));
    const split = [...models.values()];
    expect(split.every((seen) => seen.size === 1)).toBe(true);
    expect(new Set(split.flatMap((seen) => [...seen]))).toEqual(new Set(["plain", "next"]));
    await step(ModelState.ACTIVE, () => cli("activate", next));
    await step(ModelState.REGISTERED, () => cli("rollback"));
    for (let round = 0; round < 3; round++) {
      await step(ModelState.ACTIVE, () => client.models.activate({ name: "tiny", version: "next" }));
      await step(ModelState.REGISTERED, () => client.models.rollBack({}));
    }
    stop = true;
    await Promise.all(callers);
    expect(failures).toEqual([]);
    expect(answered).toBe(asked);
    expect(asked).toBeGreaterThan(600);
    expect([...versions].sort()).toEqual(["next", "plain"]);
    console.log(`${asked} requests, ${answered} answers, over 10 changes of models`);
  }, 240_000);

  test("a canary that fails is taken back by the server, and no request is lost to it", async () => {
    const failing = await register("failing", { failing: true });
    expect((await cli("canary", failing, "100%")).code).toBe(0);
    let asked = 0;
    const state = async () => {
      for (let call = 0; call < 20; call++) {
        asked++;
        expect((await client.match({ session: session(LIKED) })).results).toHaveLength(20);
      }
      return (await client.models.get({ name: "tiny", version: "failing" })).state;
    };
    await expect.poll(state, { timeout: 60_000 }).toBe(ModelState.REGISTERED);
    expect(asked).toBeGreaterThanOrEqual(20);
    const { history } = await client.models.list();
    expect(history[0]).toMatchObject({ action: ModelAction.ROLL_BACK, subject: "server", version: "failing" });
    expect(history[0]?.reason).toMatch(/^\d+ of \d+ matches failed$/);
    await answeredBy("plain");
  }, 90_000);

  test("learn reads the activity of all users, compares, and registers a model with its card", async () => {
    const { movies } = await client.models.listMovieVectors({ pageSize: 60 });
    const ids = movies.map(({ movieId }) => movieId);
    const monthAgo = Math.floor(Date.now() / 1_000) - 30 * 24 * 3_600;
    const at = (seconds: number) => ({ seconds: BigInt(monthAgo + seconds), nanos: 0 });
    // Everybody goes through the same ten lists of six in order, from a place of their own.
    const events = Array.from({ length: 80 * 12 }, (_, index) => {
      const [user, step] = [index % 80, Math.floor(index / 80)];
      const list = user % 10;
      const movieId = ids[list * 6 + (step % 6)] as string;
      const other = ids[(list * 7 + step * 5 + user) % ids.length] as string;
      const userId = `viewer-${user}`;
      return { userId, movieId: step < 6 ? movieId : other, type: EventType.LIKED, eventTime: at(step * 1_000 + user) };
    });
    await client.activity.record(events);
    const connection = ["--url", server.grpcUrl, "--token", server.token];
    const args = ["learn", "--epochs", "1", "--cases", "50", "--test-share", "0.3", "--json", ...connection];
    const { code, stdout, stderr } = await runCli(args);
    expect(code, stderr).toBe(0);
    const { model, registered, activated, comparison } = JSON.parse(stdout);
    expect(registered).toBe(true);
    expect(activated).toBe(comparison.better);
    expect(comparison.cases).toBe(50);
    expect(comparison.rivals.map(({ name }: { name: string }) => name)).toEqual([
      "likeness of content",
      "tiny@plain",
      "popularity",
    ]);
    const [name = "", version = ""] = model.split("@");
    const found = await client.models.get({ name, version });
    expect(found.metrics["ndcg@10"]).toBeCloseTo(comparison.candidate["ndcg@10"], 9);
    expect(found.card).toContain("| likeness of content |");
    expect(found.state === ModelState.ACTIVE).toBe(activated);
    await client.models.activate({ name, version });
    const answer = await answeredBy(version);
    expect(answer.results).toHaveLength(20);
    await client.models.rollBack({});
  }, 120_000);

  test("a model that breaks the contract is refused with everything to mend", async () => {
    const path = join(folder, "bad");
    await writeTinyTasteModel(path, { version: "bad", content: { ...content, dimension: 7 }, domain: "com.example" });
    const checked = await runCli(["model", "validate", path, "--json"]);
    const { problems } = JSON.parse(checked.stdout) as { problems: string[] };
    expect(checked.code).toBe(1);
    expect(problems).toContain('taste.onnx: uses operators of "com.example"; only ONNX\'s own may be used');
    const { code, stderr } = await cli("register", path);
    expect(code).toBe(1);
    expect(stderr).toContain("com.example");
    const other = join(folder, "other");
    await writeTinyTasteModel(other, { version: "other", content: { name: "another", version: "9", dimension: 5 } });
    expect((await cli("register", other)).stderr).toContain("this server's vectors are of");
  });

  test("another tenant sees nothing of it, and its taste is judged without it", async () => {
    const scopes = ["model:read", "model:admin", "match:read", "catalog:write"];
    const token = await issueTestToken(server.dataDirectory, scopes, ["--tenant", "other"]);
    const other = createClient({ baseUrl: server.gatewayUrl, token });
    expect((await other.models.list()).models.filter(({ name }) => name === "tiny")).toEqual([]);
    await expect(other.models.activate({ name: "tiny", version: "plain" })).rejects.toMatchObject({
      reason: "MODEL_NOT_FOUND",
    });
    await expect(
      other.models.downloadFile({ name: "tiny", version: "plain", file: "taste.onnx" })[Symbol.asyncIterator]().next(),
    ).rejects.toBeInstanceOf(CineDeepMatchError);
    expect((await other.match({ session: session(LIKED) })).tasteModel).toBeUndefined();
  });
});
