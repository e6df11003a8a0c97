import {
  CineDeepMatchError,
  CreditRole,
  createClient,
  EventType,
  MatchService,
  type NodeClient,
  TextReading,
} from "@cinedeepmatch/sdk-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { issueTestToken, runCli } from "./run-cli.js";

const CLOWNFISH = "a clownfish father searches the ocean for his missing son";

/** What the journey goes to, with the starter catalogue in it. */
export interface JourneyServer {
  readonly gatewayUrl: string;
  /** Other gateways, if there are any. */
  readonly gatewayUrls?: readonly string[];
  readonly grpcUrl: string;
  readonly token: string;
  readonly dataDirectory: string;
  stop(): Promise<number | null | (number | null)[]>;
}

/**
 * What a team does with CineDeepMatch from the first match on, against a server in a process of its own.
 *
 * @param freshWithinMs how soon a change must be matched; longer only on a store that stands in for a real one
 */
export function describeJourney(name: string, start: () => Promise<JourneyServer>, freshWithinMs = 2_000): void {
  describe(`the journey on ${name}`, () => {
    let server: JourneyServer;
    let client: NodeClient;
    let native: NodeClient;

    beforeAll(async () => {
      server = await start();
      client = createClient({ baseUrl: server.gatewayUrl, token: server.token });
      native = createClient({ baseUrl: server.grpcUrl, token: server.token, protocol: "grpc" });
      // What has been encoded last is on its way to the worker still.
      if (freshWithinMs > 2_000) await new Promise((resolve) => setTimeout(resolve, freshWithinMs));
    }, 480_000);
    afterAll(async () => {
      for (const code of [(await server?.stop()) ?? 0].flat()) expect(code).toBe(0);
    });

    test("a sentence finds its film, through the gateway and by native gRPC", async () => {
      const { gatewayUrls = [], token } = server;
      const others = gatewayUrls.map((baseUrl) => createClient({ baseUrl, token }));
      for (const each of [client, native, ...others]) {
        const answer = await each.match({ text: CLOWNFISH, explain: true });
        expect(answer.results[0]?.movie?.title).toBe("Finding Nemo");
        expect(answer.results).toHaveLength(20);
        expect(answer.matchId).not.toBe("");
        expect(answer.model).toMatchObject({ name: expect.any(String), version: expect.any(String) });
        expect(answer.results[0]?.reasons[0]?.description).toContain("clownfish");
        expect(answer.timings?.total?.nanos).toBeGreaterThan(0);
      }
    });

    test("while somebody types, a quick reading finds the film as well, by other vectors", async () => {
      const scores = async (textReading: TextReading) => {
        const { results } = await client.match({ text: CLOWNFISH, textReading });
        expect(results[0]?.movie?.title).toBe("Finding Nemo");
        return results.map(({ score }) => score);
      };
      expect(await scores(TextReading.QUICK)).not.toEqual(await scores(TextReading.FULL));
    });

    test("three liked space films make the very next match science fiction", async () => {
      const userId = "astronaut";
      const seen = ["interstellar-2014", "gravity-2013", "apollo-13-1995"];
      await client.activity.record(seen.map((movieId) => ({ userId, movieId, type: EventType.LIKED })));
      const { results } = await client.match({ userId, excludeSeen: true, pageSize: 10, explain: true });
      const genres = results.map(({ movie }) => movie?.genres ?? []);
      expect(genres.filter((each) => each.includes("Science Fiction")).length).toBeGreaterThanOrEqual(7);
      expect(results.filter(({ movie }) => seen.includes(movie?.id ?? ""))).toEqual([]);
      expect(results[0]?.reasons[0]?.cause.case).toBe("activity");
    });

    test("the command line matches a user's taste as well", async () => {
      const connection = ["--url", server.grpcUrl, "--token", server.token];
      const { code, stdout } = await runCli(["match", "--user", "astronaut", "--limit", "3", "--json", ...connection]);
      expect(code).toBe(0);
      expect(JSON.parse(stdout).results).toHaveLength(3);
    });

    test("a session without an account is matched the same way, and nothing of it is stored", async () => {
      const events = [{ movieId: "alien-1979", type: EventType.LIKED }];
      const { results } = await client.match({ session: { events }, excludeSeen: true, pageSize: 5 });
      expect(results.map(({ movie }) => movie?.id)).toContain("aliens-1986");
      expect(results.map(({ movie }) => movie?.id)).not.toContain("alien-1979");
    });

    test("excluded movies never appear, filters hold, and pages stay full to the end", async () => {
      const all = await client.match({ text: "a love story", pageSize: 100 }).toArray({ limit: 400 });
      const ids = all.map(({ movie }) => movie?.id ?? "");
      expect(new Set(ids).size).toBe(400);
      const excludeIds = ids.slice(0, 100);
      const filter = { genres: { any: ["romance"] }, releaseYear: { min: 1950 } };
      const rest = await client.match({ text: "a love story", excludeIds, filter, pageSize: 20 });
      expect(rest.results).toHaveLength(20);
      for (const { movie } of rest.results) {
        expect(excludeIds).not.toContain(movie?.id);
        expect(movie?.genres).toContain("Romance");
        expect(movie?.releaseYear).toBeGreaterThanOrEqual(1950);
      }
    });

    test(`a new movie is matched within ${freshWithinMs} ms, a changed one by its new text, a deleted one never`, async () => {
      const title = "The Lighthouse Beekeepers";
      const synopsis = "Twin beekeepers smuggle royal jelly across a frozen strait in a converted icebreaker.";
      const credits = [{ displayName: "Ada Example", role: CreditRole.DIRECTOR }];
      const movie = await client.catalog.createMovie({ movie: { title, synopsis, releaseYear: 2025, credits } });
      expect(movie.id).toBe("the-lighthouse-beekeepers-2025");
      const first = async (text: string) => (await client.match({ text, pageSize: 1 })).results[0]?.movie?.id;
      await expect
        .poll(() => first("beekeepers smuggling jelly over the ice"), { timeout: freshWithinMs })
        .toBe(movie.id);
      expect((await client.people.get({ id: "ada-example" })).creditCount).toBe(1);

      const changed = { ...movie, synopsis: "Two accountants inherit a haunted rollercoaster." };
      const updated = await client.catalog.updateMovie({ movie: changed, updateMask: { paths: ["synopsis"] } });
      await expect.poll(() => first("accountants haunted rollercoaster"), { timeout: freshWithinMs }).toBe(movie.id);
      const stale = await caught(client.catalog.updateMovie({ movie: { ...changed, etag: movie.etag } }));
      expect(stale).toMatchObject({ code: "aborted", reason: "ETAG_MISMATCH" });

      await client.catalog.deleteMovie({ id: movie.id, etag: updated.etag });
      await expect
        .poll(() => first("accountants haunted rollercoaster"), { timeout: freshWithinMs })
        .not.toBe(movie.id);
      expect(await caught(client.catalog.getMovie({ id: movie.id }))).toMatchObject({ reason: "MOVIE_NOT_FOUND" });
    });

    test("an event counts once however often it is sent", async () => {
      const events = [{ id: "e-1", userId: "once", movieId: "jaws-1975", type: EventType.WATCHED }];
      const counts = await Promise.all(Array.from({ length: 10 }, () => client.activity.record(events)));
      expect(counts.reduce((sum, { recordedCount }) => sum + recordedCount, 0)).toBe(1);
      expect(await client.activity.listEvents({ userId: "once" }).toArray({ limit: 10 })).toHaveLength(1);
    });

    test("without a token UNAUTHENTICATED, with the wrong scope PERMISSION_DENIED, by every way in", async () => {
      const reader = await issueTestToken(server.dataDirectory, ["catalog:read"]);
      for (const [baseUrl, protocol] of [
        [server.gatewayUrl, "connect"],
        [server.grpcUrl, "grpc"],
      ] as const) {
        const anonymous = createClient({ baseUrl, protocol });
        expect(await caught(anonymous.match({ text: "x" }))).toMatchObject({
          code: "unauthenticated",
          reason: "TOKEN_REJECTED",
        });
        const forbidden = createClient({ baseUrl, protocol, token: reader });
        const error = await caught(forbidden.match({ text: "x" }));
        expect(error).toMatchObject({
          code: "permission_denied",
          reason: "SCOPE_MISSING",
          metadata: { scope: "match:read" },
        });
      }
    });

    test("bad input gets a precise error by every way in, and the server lives", async () => {
      const bad: [object, Partial<CineDeepMatchError>][] = [
        [{}, { code: "invalid_argument", reason: "QUERY_EMPTY" }],
        [{ text: "x".repeat(2_001) }, { code: "invalid_argument", reason: "FIELD_INVALID" }],
        [{ text: "x".repeat(10_000_000) }, { code: "resource_exhausted" }],
        [
          { text: "x", pageSize: 1_000_000_000 },
          { code: "invalid_argument", reason: "FIELD_INVALID" },
        ],
        [
          { text: "x", pageToken: "made up" },
          { code: "invalid_argument", reason: "PAGE_TOKEN_INVALID" },
        ],
        [{ movies: [{ movieId: "no-such-movie" }] }, { code: "not_found", reason: "MOVIE_NOT_FOUND" }],
        [{ people: [{ personId: "nobody" }] }, { code: "not_found", reason: "PERSON_NOT_FOUND" }],
        [
          { text: "x", excludeSeen: true },
          { code: "invalid_argument", reason: "USER_REQUIRED" },
        ],
        [
          { text: "x", readMask: { paths: ["no_such_field"] } },
          { code: "invalid_argument", reason: "FIELD_INVALID" },
        ],
        [
          { text: "x", filter: { releaseYear: { min: 2000, max: 1990 } } },
          { code: "invalid_argument", reason: "FIELD_INVALID" },
        ],
      ];
      for (const each of [client, native]) {
        for (const [request, expected] of bad) expect(await caught(each.match(request))).toMatchObject(expected);
      }
      const json = async (body: string) => {
        const headers = { "content-type": "application/json", authorization: `Bearer ${server.token}` };
        const url = `${server.gatewayUrl}/${MatchService.typeName}/Match`;
        const response = await fetch(url, { method: "POST", headers, body });
        return { status: response.status, body: (await response.json()) as { code?: string } };
      };
      expect(await json('{"text": ')).toMatchObject({ status: 400, body: { code: "invalid_argument" } });
      expect(await json('{"text": 7}')).toMatchObject({ status: 400, body: { code: "invalid_argument" } });
      expect(await json('{"pageSize": "many"}')).toMatchObject({ status: 400, body: { code: "invalid_argument" } });
      expect((await client.match({ text: CLOWNFISH })).results[0]?.movie?.title).toBe("Finding Nemo");
    });

    test("an expired deadline is told as one", async () => {
      const error = await caught(client.match({ text: CLOWNFISH }, { timeoutMs: 1, maxRetries: 0 }));
      expect(error.code).toBe("deadline_exceeded");
    });

    test("a job matches what it is given, and is read by every way in", async () => {
      const job = await client.matchJobs.create({ requests: [{ text: CLOWNFISH, pageSize: 3 }, {}] });
      for (const each of [client, native]) {
        const results = [];
        for await (const { update } of each.matchJobs.watch({ id: job.id })) {
          if (update.case === "result") results.push(update.value);
        }
        expect(results[0]?.response?.results[0]?.movie?.title).toBe("Finding Nemo");
        expect(results[1]).toMatchObject({ errorReason: "QUERY_EMPTY" });
        expect(await each.matchJobs.get({ id: job.id })).toMatchObject({ succeededCount: 1, failedCount: 1 });
      }
    });
  });
}

async function caught(promise: PromiseLike<unknown>): Promise<CineDeepMatchError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CineDeepMatchError);
  return error as CineDeepMatchError;
}
