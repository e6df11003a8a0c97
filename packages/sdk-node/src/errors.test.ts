import { BadRequestSchema, ErrorInfoSchema, RequestInfoSchema } from "@cinedeepmatch/contract/error-details";
import { CatalogService, type Client } from "@cinedeepmatch/sdk-core";
import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { caught } from "./caught.test-kit.js";
import { type FaultyServer, startFaultyServer } from "./faulty-server.test-kit.js";
import { PLATFORMS } from "./platforms.test-kit.js";

describe.each(PLATFORMS)("a client of $name", ({ http, createClient }) => {
  let server: FaultyServer;
  let client: Client;

  beforeEach(async () => {
    server = await startFaultyServer(http);
    client = createClient({ baseUrl: server.baseUrl, token: "t" });
  });
  afterEach(() => server.stop());

  test("reads what the server says of an error", async () => {
    server.fault = async (_, { responseHeader }) => {
      responseHeader.set("x-request-id", "req-1");
      throw new ConnectError("No such movie", Code.NotFound, undefined, [
        { desc: ErrorInfoSchema, value: { domain: "other", reason: "NOISE" } },
        {
          desc: ErrorInfoSchema,
          value: { domain: "cinedeepmatch", reason: "MOVIE_NOT_FOUND", metadata: { movie_id: "x" } },
        },
        { desc: BadRequestSchema, value: { fieldViolations: [{ field: "id", description: "unknown" }] } },
      ]);
    };
    expect(await caught(client.catalog.getMovie({ id: "x" }))).toMatchObject({
      code: "not_found",
      reason: "MOVIE_NOT_FOUND",
      message: "No such movie",
      requestId: "req-1",
      retryable: false,
      metadata: { movie_id: "x" },
      violations: [{ field: "id", description: "unknown" }],
    });
  });

  test("reads the request id from the error's details", async () => {
    server.fault = async () => {
      throw new ConnectError("boom", Code.Internal, undefined, [
        { desc: RequestInfoSchema, value: { requestId: "req-2" } },
      ]);
    };
    expect((await caught(client.catalog.getMovie({ id: "x" }))).requestId).toBe("req-2");
  });

  test("calls a request that cannot be encoded invalid", async () => {
    expect(await caught(client.match({ text: "x", pageSize: 1.5 }))).toMatchObject({ code: "invalid_argument" });
    expect(server.seen).toHaveLength(0);
  });

  test("gives the same errors to a raw Connect client", async () => {
    server.fault = async () => {
      throw new ConnectError("boom", Code.Internal);
    };
    expect(await caught(client.rpc(CatalogService).getMovie({ id: "x" }))).toMatchObject({ code: "internal" });
  });
});
