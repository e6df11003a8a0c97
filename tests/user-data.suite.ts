import { CineDeepMatchError, createClient, EventType, type NodeClient } from "@cinedeepmatch/sdk-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SpawnedServer, type SpawnOptions, startServer } from "./spawn-server.js";

const PASSWORD = "correct horse battery";
const EMAIL = "mary.shelley@example.com";
const TEXT = "a scientist makes a man of parts that were dead";

/** What a deployment does when a user asks what is known of them, and to be forgotten. */
export function describeUserData(name: string, options: SpawnOptions): void {
  describe(`a user's data on ${name}`, () => {
    let server: SpawnedServer;
    let owner: NodeClient;
    let user: NodeClient;
    let tokens: { token: string; refreshToken: string; userId: string };
    const event = (id: string) => ({ id, userId: tokens.userId, movieId: "jaws-1975", type: EventType.LIKED });
    const client = (token?: string) => createClient({ baseUrl: server.gatewayUrl, token, maxRetries: 0 });
    const exported = () => collect(owner.activity.exportUserData({ userId: tokens.userId }));

    beforeAll(async () => {
      server = await startServer({ ...options, env: { ...options.env, LOG_LEVEL: "trace" } });
      owner = client(server.token);
      await owner.catalog.createMovie({ movie: { id: "jaws-1975", title: "Jaws", synopsis: "A shark." } });
      await client().accounts.signUp({ email: EMAIL, password: PASSWORD });
      tokens = await client().accounts.signIn({ email: EMAIL, password: PASSWORD });
      user = client(tokens.token);
    }, 120_000);
    afterAll(async () => expect(await server?.stop()).toBe(0));

    test("is exported whole: account, session and every event", async () => {
      const ids = Array.from({ length: 1_200 }, (_, index) => `e-${index}`);
      await owner.activity.record(ids.slice(0, 1_000).map(event));
      await user.activity.record(ids.slice(1_000).map(event));
      await owner.activity.record([{ ...event("e-1"), userId: "somebody-else" }]);
      await user.match({ text: TEXT, userId: tokens.userId });
      const { account, sessions, events } = await exported();
      expect(account).toMatchObject({ email: EMAIL, createTime: expect.anything() });
      expect(sessions).toHaveLength(1);
      expect(events.map(({ id }) => id).sort()).toEqual(ids.sort());
      expect(new Set(events.map(({ userId }) => userId))).toEqual(new Set([tokens.userId]));
    });

    test("is the business of whoever may administer it, and of no user", async () => {
      const refused = { code: "permission_denied" };
      expect(await failure(collect(user.activity.exportUserData({ userId: tokens.userId })))).toMatchObject(refused);
      expect(await failure(user.activity.eraseUserData({ userId: tokens.userId }))).toMatchObject(refused);
    });

    test("is exported by REST as lines of JSON", async () => {
      const answer = await fetch(`${server.gatewayUrl}/v1/users/${tokens.userId}:export`, {
        headers: { authorization: `Bearer ${server.token}` },
      });
      const lines = (await answer.text()).trim().split("\n");
      expect(lines.flatMap((line) => JSON.parse(line).events ?? [])).toHaveLength(1_200);
      expect(JSON.parse(lines[0] ?? "")).toMatchObject({ account: { email: EMAIL } });
    });

    test("is erased wherever it is; tokens end, and no retry brings anything back", async () => {
      const erased = await owner.activity.eraseUserData({ userId: tokens.userId });
      expect(erased).toMatchObject({ erasedEventCount: 1_200n, erasedAccountCount: 1, erasedSessionCount: 1 });
      expect(await failure(user.match({ text: TEXT }))).toMatchObject({ code: "unauthenticated" });
      const { refreshToken } = tokens;
      expect(await failure(client().accounts.refreshToken({ refreshToken }))).toMatchObject({
        reason: "CREDENTIALS_REJECTED",
      });
      expect(await failure(client().accounts.signIn({ email: EMAIL, password: PASSWORD }))).toMatchObject({
        reason: "CREDENTIALS_REJECTED",
      });
      const late = await owner.activity.record([event("e-1"), event("e-new")]);
      expect(late).toMatchObject({ recordedCount: 0, duplicateCount: 2 });
      expect(await exported()).toMatchObject({ account: undefined, sessions: [], events: [] });
      const other = await owner.activity.listEvents({ userId: "somebody-else" }).toArray({ limit: 10 });
      expect(other).toHaveLength(1);
    });

    test("is erased once: again there is nothing", async () => {
      const again = await owner.activity.eraseUserData({ userId: tokens.userId });
      expect(again).toMatchObject({ erasedEventCount: 0n, erasedAccountCount: 0, erasedSessionCount: 0 });
    });

    test("was never in the log: no id, address, password, token or text, at the finest level", async () => {
      const log = server.logged();
      expect(log).toContain("a user's data was erased");
      expect(log).toContain('"path":"/v1/users/{user_id}:export"');
      const secrets = [tokens.userId, EMAIL, PASSWORD, tokens.token, tokens.refreshToken, TEXT, server.token];
      expect(secrets.filter((secret) => log.includes(secret))).toEqual([]);
      expect(log).not.toMatch(/v4\.local\.|jaws/i);
    });
  });
}

async function collect(parts: ReturnType<NodeClient["activity"]["exportUserData"]>) {
  const all = await Array.fromAsync(parts);
  return {
    account: all[0]?.account,
    sessions: all[0]?.sessions ?? [],
    events: all.flatMap(({ events }) => events),
  };
}

async function failure(call: PromiseLike<unknown>): Promise<CineDeepMatchError> {
  const error = await Promise.resolve(call).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CineDeepMatchError);
  return error as CineDeepMatchError;
}
