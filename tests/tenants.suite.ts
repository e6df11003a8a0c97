import { setTimeout as sleep } from "node:timers/promises";
import { CineDeepMatchError, CreditRole, createClient, EventType, type NodeClient } from "@cinedeepmatch/sdk-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { issueTestToken } from "./run-cli.js";
import { type SpawnedServer, type SpawnOptions, startServer } from "./spawn-server.js";

const SCOPES =
  "match:read match:bulk catalog:read catalog:write activity:read activity:write token:mint account:admin".split(" ");
const PASSWORD = "correct horse battery";

/** Two tenants on one server, of which neither sees anything of the other. */
export function describeTenants(name: string, options: SpawnOptions): void {
  describe(`two tenants on ${name}`, () => {
    let server: SpawnedServer;
    let acme: NodeClient;
    let bolt: NodeClient;

    const clientOf = (token?: string) =>
      createClient({ baseUrl: server.grpcUrl, token, protocol: "grpc", maxRetries: 0, timeoutMs: 20_000 });
    const reasonOf = (call: PromiseLike<unknown>) =>
      Promise.resolve(call).then(
        () => "it succeeded",
        (error) => (error instanceof CineDeepMatchError ? error.reason : Promise.reject(error)),
      );
    const encoded = async (client: NodeClient, count: bigint) => {
      while ((await client.catalog.getStatus()).encodedCount !== count) await sleep(200);
    };

    beforeAll(async () => {
      server = await startServer({
        ...options,
        env: { ...options.env, SIGN_UP_TENANTS: "acme,bolt", RATE_LIMIT_PUBLIC: "off" },
      });
      const tokenOf = (tenant: string) => issueTestToken(server.dataDirectory, SCOPES, ["--tenant", tenant]);
      acme = clientOf(await tokenOf("acme"));
      bolt = clientOf(await tokenOf("bolt"));
      const credits = [{ displayName: "Ada Secret", role: CreditRole.DIRECTOR }];
      const movies = [
        {
          id: "vault-1999",
          title: "The Vault",
          synopsis: "thieves break into a bank",
          credits,
          externalIds: [{ source: "imdb", value: "tt1" }],
        },
        { id: "whale-2001", title: "The Whale", synopsis: "a whale and a boy" },
      ];
      await acme.catalog.batchUpsertMovies({ movies });
      await acme.activity.record([{ userId: "ann", movieId: "vault-1999", type: EventType.LIKED }]);
      await encoded(acme, 2n);
    }, 180_000);
    afterAll(() => server?.stop());

    test("a tenant's own movies are matched", async () => {
      const { results } = await acme.match({ text: "a bank robbery" });
      expect(results.map(({ movie }) => movie?.id)).toEqual(["vault-1999", "whale-2001"]);
    });

    test("a match for a tenant without movies is empty, whatever it asks by", async () => {
      expect((await bolt.match({ text: "thieves break into a bank" })).results).toEqual([]);
      expect((await bolt.match({ userId: "ann" })).results).toEqual([]);
      expect(await reasonOf(bolt.match({ movies: [{ movieId: "vault-1999" }] }))).toBe("MOVIE_NOT_FOUND");
      expect(await reasonOf(bolt.match({ people: [{ personId: "ada-secret" }] }))).toBe("PERSON_NOT_FOUND");
      expect(await reasonOf(bolt.similarMovies({ movieId: "vault-1999" }))).toBe("MOVIE_NOT_FOUND");
    });

    test("movies and people cannot be read, found, listed or counted", async () => {
      const { catalog, people } = bolt;
      expect(await reasonOf(catalog.getMovie({ id: "vault-1999" }))).toBe("MOVIE_NOT_FOUND");
      expect((await catalog.batchGetMovies({ ids: ["vault-1999"] })).movies).toEqual([]);
      const externalId = { source: "imdb", value: "tt1" };
      expect(await reasonOf(catalog.lookupMovie({ externalId }))).toBe("MOVIE_NOT_FOUND");
      expect((await acme.catalog.lookupMovie({ externalId })).id).toBe("vault-1999");
      expect((await catalog.listMovies({})).movies).toEqual([]);
      expect((await catalog.listMovies({ titleQuery: "vault" })).movies).toEqual([]);
      expect((await people.list({})).people).toEqual([]);
      const [person] = (await acme.people.list({})).people;
      expect(person?.displayName).toBe("Ada Secret");
      expect(await reasonOf(people.get({ id: person?.id ?? "" }))).toBe("PERSON_NOT_FOUND");
      expect(await catalog.getStatus()).toMatchObject({ movieCount: 0n, encodedCount: 0n, personCount: 0n });
    });

    test("movies cannot be changed or deleted, and the same ids are free", async () => {
      const title = "Not yours";
      expect(await reasonOf(bolt.catalog.updateMovie({ movie: { id: "vault-1999", title } }))).toBe("MOVIE_NOT_FOUND");
      expect(await reasonOf(bolt.catalog.deleteMovie({ id: "vault-1999" }))).toBe("MOVIE_NOT_FOUND");
      const own = {
        id: "vault-1999",
        title: "The Garden",
        synopsis: "a gardener grows roses",
        externalIds: [{ source: "imdb", value: "tt1" }],
      };
      await bolt.catalog.createMovie({ movie: own });
      expect((await acme.catalog.getMovie({ id: "vault-1999" })).title).toBe("The Vault");
      await encoded(bolt, 1n);
      const { results } = await bolt.match({ text: "thieves break into a bank", explain: true });
      expect(results.map(({ movie }) => movie?.title)).toEqual(["The Garden"]);
      expect(
        (await acme.match({ text: "a gardener grows roses" })).results.map(({ movie }) => movie?.title),
      ).not.toContain("The Garden");
      await bolt.catalog.deleteMovie({ id: "vault-1999" });
      expect((await acme.catalog.getMovie({ id: "vault-1999" })).title).toBe("The Vault");
      expect((await acme.match({ text: "a bank robbery" })).results[0]?.movie?.id).toBe("vault-1999");
    });

    test("a page token of one tenant shows another tenant nothing of it", async () => {
      const { nextPageToken } = await acme.catalog.listMovies({ pageSize: 1 });
      expect(nextPageToken).not.toBe("");
      expect((await bolt.catalog.listMovies({ pageSize: 1, pageToken: nextPageToken })).movies).toEqual([]);
    });

    test("what users did is theirs in their tenant", async () => {
      expect((await bolt.activity.listEvents({ userId: "ann" })).events).toEqual([]);
      expect((await acme.activity.listEvents({ userId: "ann" })).events).toHaveLength(1);
      const event = { id: "e1", userId: "ann", movieId: "x", type: EventType.VIEWED };
      expect((await acme.activity.record([event])).recordedCount).toBe(1);
      expect((await bolt.activity.record([event])).duplicateCount).toBe(0);
    });

    test("accounts, keys and revocations are each tenant's own", async () => {
      const email = "ann@example.com";
      await clientOf().accounts.signUp({ email, password: PASSWORD, tenant: "acme" });
      const elsewhere = (tenant: string) => clientOf().accounts.signIn({ email, password: PASSWORD, tenant });
      expect(await reasonOf(elsewhere("bolt"))).toBe("CREDENTIALS_REJECTED");
      expect(await reasonOf(elsewhere(""))).toBe("CREDENTIALS_REJECTED");
      const ann = await elsewhere("acme");
      expect((await clientOf(ann.token).catalog.listMovies({})).movies).toHaveLength(2);

      const { apiKey, secret } = await acme.accounts.createApiKey({ displayName: "k", scopes: ["catalog:read"] });
      expect((await bolt.accounts.listApiKeys()).apiKeys).toEqual([]);
      expect(await reasonOf(bolt.accounts.revokeApiKey({ id: apiKey?.id ?? "" }))).toBe("API_KEY_NOT_FOUND");
      const { token } = await clientOf().accounts.exchangeApiKey({ secret });
      expect((await clientOf(token).catalog.listMovies({})).movies).toHaveLength(2);
      await bolt.accounts.revokeTokens({ target: { case: "subject", value: `key:${apiKey?.id}` } });
      await bolt.accounts.revokeTokens({ target: { case: "userId", value: ann.userId } });
      await clientOf(token).catalog.listMovies({});
      await clientOf(ann.token).catalog.listMovies({});
      await clientOf().accounts.refreshToken({ refreshToken: ann.refreshToken });
    });
  });
}
