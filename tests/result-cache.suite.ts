import { setTimeout as sleep } from "node:timers/promises";
import { createClient, EventType, MatchLane, type MatchResponse, type NodeClient } from "@cinedeepmatch/sdk-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** What is asked, with a catalogue of this suite's own in it. */
export interface CachingServer {
  readonly gatewayUrls: readonly string[];
  readonly opsUrl: string;
  readonly token: string;
  stop(): Promise<unknown>;
}

const TEXT = "a lighthouse keeper befriends a whale";
const request = { text: TEXT, pageSize: 3, explain: true };

/** Answers that are used again, against servers in processes of their own. */
export function describeResultCache(name: string, start: () => Promise<CachingServer>): void {
  describe(`answers that are used again, ${name}`, () => {
    let server: CachingServer;
    let clients: NodeClient[];
    const client = (index = 0) => clients[index % clients.length] as NodeClient;
    let asked = 0;
    // In turn through all gateways.
    const ask = (given: object = {}) => client(asked++).match({ ...request, ...given });
    const found = async (metric: string) => {
      const text = await (await fetch(`${server.opsUrl}/metrics`)).text();
      return Number(new RegExp(`^cinedeepmatch_reply_cache_total{outcome="${metric}"} (\\d+)`, "m").exec(text)?.[1]);
    };
    const movie = (index: number, more: object = {}) => ({
      id: `film-${index}`,
      title: `Film ${index}`,
      synopsis: `A film about number ${index}, a lighthouse and a boat.`,
      ...more,
    });
    /** Until every movie has its vector and the workers know of all. */
    const settled = async () => {
      const status = () => client().catalog.getStatus();
      for (let now = await status(); now.encodedCount !== now.movieCount; now = await status()) await sleep(100);
      while (wasRanked(await ask())) await sleep(50);
    };

    beforeAll(async () => {
      server = await start();
      clients = server.gatewayUrls.map((baseUrl) => createClient({ baseUrl, token: server.token, maxRetries: 0 }));
      const movies = Array.from({ length: 6 }, (_, index) => movie(index));
      movies.push(movie(99, { title: "The Keeper", synopsis: "A lighthouse keeper befriends a whale." }));
      await client().catalog.batchUpsertMovies({ movies });
      await settled();
    }, 180_000);
    afterAll(() => server?.stop(), 60_000);

    test("are what a worker would answer, and have names of their own", async () => {
      const before = await found("hit");
      const [first, second] = [await ask(), await ask()];
      expect([wasRanked(first), wasRanked(second)]).toEqual([false, false]);
      expect(await found("hit")).toBe(before + 2);
      expect(second.results).toEqual(first.results);
      expect(second.results[0]).toMatchObject({ movie: { id: "film-99" }, reasons: [{ cause: { case: "text" } }] });
      expect(first.matchId).not.toBe(second.matchId);
      // The same, but ranked: by the lane that keeps nothing.
      const ranked = await ask({ lane: MatchLane.BULK });
      expect(wasRanked(ranked)).toBe(true);
      expect(ranked.results).toEqual(first.results);
    });

    test("go on over pages, and show the fields that each call asks for", async () => {
      const pages = async () => {
        const ids: (string | undefined)[] = [];
        let pageToken = "";
        do {
          const page = await ask({ pageToken, readMask: { paths: ["id"] } });
          ids.push(...page.results.map(({ movie: shown }) => shown?.id));
          expect(page.results[0]?.movie?.title).toBe("");
          pageToken = page.nextPageToken;
        } while (pageToken !== "");
        return ids;
      };
      const first = await pages();
      expect(new Set(first).size).toBe(7);
      expect(await pages()).toEqual(first);
      expect((await ask()).results[0]?.movie?.title).toBe("The Keeper");
    });

    test("are not what activity has a part in", async () => {
      const taste = { text: "", userId: "ann" };
      await ask(taste);
      expect(wasRanked(await ask(taste))).toBe(true);
      await client().activity.record([{ userId: "ann", movieId: "film-99", type: EventType.LIKED }]);
      expect(wasRanked(await ask(taste))).toBe(true);
    });

    test("are none from before a movie was changed, and the change is found", { timeout: 60_000 }, async () => {
      await settled();
      await client().catalog.updateMovie({
        movie: movie(99, { title: "The Shopkeeper", synopsis: "A man sells umbrellas in a desert." }),
        updateMask: { paths: ["title", "synopsis"] },
      });
      expect(wasRanked(await ask())).toBe(true);
      await expect
        .poll(async () => (await ask({ text: "umbrellas in a desert" })).results[0]?.movie?.id, {
          timeout: 20_000,
          interval: 20,
        })
        .toBe("film-99");
      await settled();
      for (let call = 0; call < 8; call++) {
        const answer = await ask();
        expect(wasRanked(answer)).toBe(false);
        expect(answer.results[0]?.movie?.id).not.toBe("film-99");
      }
    });

    test("are none from before a movie was deleted, and pages stay full", async () => {
      await settled();
      const [best] = (await ask()).results;
      await client().catalog.deleteMovie({ id: best?.movie?.id ?? "" });
      const next = await ask();
      expect(wasRanked(next)).toBe(true);
      await settled();
      for (let call = 0; call < 4; call++) {
        const ids = (await ask()).results.map(({ movie: shown }) => shown?.id);
        expect(ids).toHaveLength(3);
        expect(ids).not.toContain(best?.movie?.id);
      }
      await expect(ask({ movies: [{ movieId: best?.movie?.id ?? "" }] })).rejects.toMatchObject({
        reason: "MOVIE_NOT_FOUND",
      });
    });
  });
}

/** Whether a worker ranked for this answer. */
function wasRanked({ timings }: MatchResponse): boolean {
  return timings?.rank?.nanos !== 0;
}
