import { createClient as createNodeClient } from "@cinedeepmatch/sdk-node";
import { CineDeepMatchError, type Client, createClient, EventType } from "@cinedeepmatch/sdk-web";
import { afterAll, beforeAll, expect, test } from "vitest";
import { issueTestToken } from "../../../tests/run-cli.js";
import { type SpawnedServer, startServer } from "../../../tests/spawn-server.js";
import { createApp } from "./create-app.ts";

let server: SpawnedServer;
let app: ReturnType<typeof createApp>;
let appUrl: string;

beforeAll(async () => {
  server = await startServer({ starterCatalog: true });
  const client = createNodeClient({ baseUrl: server.gatewayUrl, token: server.token });
  app = createApp({ client, cookieSecret: "a secret of the test, long enough to sign with" });
  appUrl = await app.listen({ port: 0 });
}, 120_000);
afterAll(async () => {
  await app?.close();
  await server?.stop();
});

/** What a browser has: a cookie that it sends and does not read, and the SDK of the page. */
async function signIn(userId: string): Promise<{ client: Client; cookie: string; tokens: string[] }> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${appUrl}/sign-in`, { method: "POST", headers, body: JSON.stringify({ userId }) });
  const [cookie = ""] = response.headers.getSetCookie();
  expect(cookie).toMatch(/HttpOnly.*SameSite=Strict/);
  const tokens: string[] = [];
  const token = async () => {
    const answer = await fetch(`${appUrl}/cinedeepmatch-token`, { method: "POST", headers: { cookie } });
    tokens.push(await answer.text());
    return tokens.at(-1) ?? "";
  };
  return { client: createClient({ baseUrl: server.gatewayUrl, token }), cookie, tokens };
}

const refusal = (call: PromiseLike<unknown>) => Promise.resolve(call).then(() => undefined, CineDeepMatchError.from);

test("a signed-in browser matches and records, and its activity counts for the page that the server renders", async () => {
  const { client, cookie, tokens } = await signIn("ada");
  const { results, matchId } = await client.match({ text: "a clownfish father searches the ocean for his son" });
  expect(results[0]?.movie?.id).toBe("finding-nemo-2003");

  // The token says who it is, so the page need not.
  const liked = { movieId: "finding-nemo-2003", type: EventType.LIKED, matchId };
  expect(await client.activity.record([liked])).toMatchObject({ recordedCount: 1 });
  const events = await client.activity.listEvents({ userId: "ada" }).toArray();
  expect(events).toMatchObject([{ userId: "ada", movieId: "finding-nemo-2003" }]);
  expect(tokens).toHaveLength(1);

  const forYou = await fetch(`${appUrl}/for-you`, { headers: { cookie } });
  const movies = (await forYou.json()) as { id: string; title: string }[];
  expect(movies).toHaveLength(10);
  expect(movies.map(({ id }) => id)).not.toContain("finding-nemo-2003");
});

test("its token writes no movie, mints no token and reads nobody else's activity", async () => {
  const { client } = await signIn("eve");
  const movie = { title: "Eve's Own Film" };
  expect(await refusal(client.catalog.createMovie({ movie }))).toMatchObject({ reason: "SCOPE_MISSING" });
  expect(await refusal(client.catalog.deleteMovie({ id: "heat-1995" }))).toMatchObject({ reason: "SCOPE_MISSING" });
  expect(await refusal(client.accounts.mintUserToken({ userId: "ada" }))).toMatchObject({ reason: "SCOPE_MISSING" });
  expect(await refusal(client.activity.listEvents({ userId: "ada" }))).toMatchObject({ reason: "USER_MISMATCH" });
  expect(await refusal(client.match({ userId: "ada" }))).toMatchObject({ reason: "USER_MISMATCH" });
  const forged = { userId: "ada", movieId: "heat-1995", type: EventType.LIKED };
  expect(await refusal(client.activity.record([forged]))).toMatchObject({ reason: "USER_MISMATCH" });
});

test("a token that is refused is replaced without the page noticing", async () => {
  const { client, tokens } = await signIn("bob");
  await client.match({ text: "a heist" });
  const admin = createNodeClient({
    baseUrl: server.gatewayUrl,
    token: await issueTestToken(server.dataDirectory, ["account:admin"]),
  });
  await admin.accounts.revokeTokens({ target: { case: "userId", value: "bob" } });
  expect((await client.match({ text: "a heist" })).results.length).toBeGreaterThan(0);
  expect(tokens).toHaveLength(2);
});

test("whoever has no session, or wrote one themselves, gets no token", async () => {
  for (const cookie of ["", "session=ada", "session=ada.c2lnbmF0dXJl"]) {
    const answer = await fetch(`${appUrl}/cinedeepmatch-token`, { method: "POST", headers: { cookie } });
    expect(answer.status).toBe(401);
  }
});
