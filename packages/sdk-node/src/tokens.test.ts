import { CineDeepMatchError, type Client, type TokenRequest } from "@cinedeepmatch/sdk-core";
import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FaultyServer, startFaultyServer } from "./faulty-server.test-kit.js";
import { PLATFORMS } from "./platforms.test-kit.js";

describe.each(PLATFORMS)("a client of $name", ({ http, createClient }) => {
  let server: FaultyServer;
  let client: Client;
  let asked: TokenRequest[];

  const accept = (good: string, { requestHeader }: HandlerContext) => {
    if (requestHeader.get("authorization") !== `Bearer ${good}`) throw new ConnectError("no", Code.Unauthenticated);
  };

  beforeEach(async () => {
    server = await startFaultyServer(http);
    asked = [];
    client = createClient({
      baseUrl: server.baseUrl,
      token: async (request) => {
        asked.push(request);
        return `t${asked.length}`;
      },
    });
  });
  afterEach(() => server.stop());

  test("asks for a token once and keeps it", async () => {
    await client.catalog.getMovie({ id: "a" });
    await client.catalog.getMovie({ id: "b" });
    expect(server.seen.map(({ authorization }) => authorization)).toEqual(["Bearer t1", "Bearer t1"]);
    expect(asked).toEqual([{}]);
  });

  test("asks for another token when one is refused and repeats the call, even one that is not safe to retry", async () => {
    server.fault = async (_, context) => accept("t2", context);
    expect((await client.catalog.createMovie({ movie: { id: "alien-1979" } })).id).toBe("alien-1979");
    expect(asked).toEqual([{}, { rejected: "t1" }]);
  });

  test("shares one new token between the calls that were refused together", async () => {
    server.fault = async (_, context) => accept("t2", context);
    await Promise.all(["a", "b", "c", "d"].map((id) => client.catalog.getMovie({ id })));
    expect(asked).toHaveLength(2);
  });

  test("repeats a call once only", async () => {
    server.fault = async (_, context) => accept("never", context);
    await expect(client.catalog.getMovie({ id: "a" })).rejects.toMatchObject({ code: "unauthenticated" });
    expect(server.seen).toHaveLength(2);
  });

  test("opens a stream again when its token is refused", async () => {
    server.watch = async function* (_, context) {
      accept("t2", context);
      yield { requestCount: 1 };
    };
    const updates = [];
    for await (const { update } of client.matchJobs.watch({ id: "j" })) updates.push(update.case);
    expect(updates).toEqual(["job"]);
    expect(asked).toHaveLength(2);
  });

  test("does not repeat a call with a token that cannot change", async () => {
    client = createClient({ baseUrl: server.baseUrl, token: "fixed" });
    server.fault = async (_, context) => accept("never", context);
    await expect(client.catalog.getMovie({ id: "a" })).rejects.toMatchObject({ code: "unauthenticated" });
    expect(server.seen).toHaveLength(1);
  });

  test("sends the caller's own Authorization header as it is", async () => {
    await client.catalog.getMovie({ id: "a" }, { headers: { Authorization: "Bearer mine" } });
    expect(server.seen[0]?.authorization).toBe("Bearer mine");
    expect(asked).toEqual([]);
  });

  test("does not wait for a token function beyond the deadline", async () => {
    client = createClient({ baseUrl: server.baseUrl, token: () => new Promise(() => {}) });
    await expect(client.catalog.getMovie({ id: "a" }, { timeoutMs: 50 })).rejects.toMatchObject({
      code: "deadline_exceeded",
    });
  });

  test("tells what a token function failed of, and asks it again for the next call", async () => {
    let failed = false;
    client = createClient({
      baseUrl: server.baseUrl,
      token: () => {
        if (failed) return "t";
        failed = true;
        throw new Error("signed out");
      },
    });
    const error = await client.catalog.getMovie({ id: "a" }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CineDeepMatchError);
    expect(error).toMatchObject({ code: "unauthenticated", cause: { message: "signed out" } });
    expect((await client.catalog.getMovie({ id: "a" })).id).toBe("a");
  });
});
