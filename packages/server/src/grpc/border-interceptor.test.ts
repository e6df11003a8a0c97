import { ActivityService, CatalogService, EventType, MatchService } from "@cinedeepmatch/contract";
import { BadRequestSchema, ErrorInfoSchema, RequestInfoSchema } from "@cinedeepmatch/contract/error-details";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import { startTestGrpcServer } from "./start-grpc-server.test.support.js";

async function start() {
  const server = await startTestGrpcServer();
  const options = { headers: { authorization: `Bearer ${await server.token()}`, "x-request-id": "r1" } };
  return { server, options, transport: createGrpcTransport({ baseUrl: server.url }) };
}

const failureOf = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => new ConnectError("accepted"),
    (thrown: unknown) => ConnectError.from(thrown),
  );
  const fields = error.findDetails(BadRequestSchema)[0]?.fieldViolations.map(({ field }) => field) ?? [];
  return { error, code: error.code, reason: error.findDetails(ErrorInfoSchema)[0]?.reason, fields };
};

const invalid = { code: Code.InvalidArgument, reason: "FIELD_INVALID" };

test("each field that breaks a rule is named by its path, with its position in a list", async () => {
  const { transport, options } = await start();
  const client = createClient(MatchService, transport);
  const movies = [
    { movieId: "alien-1979", weight: 1 },
    { movieId: "", weight: 99 },
  ];
  const failure = await failureOf(client.match({ text: "x".repeat(100_000), movies, pageSize: -1 }, options));
  expect(failure).toMatchObject(invalid);
  expect(failure.fields).toEqual(
    expect.arrayContaining(["text", "movies[1].movie_id", "movies[1].weight", "page_size"]),
  );
  expect(failure.error.rawMessage).toMatch(/^[a-z_[\]0-9.]+: .* \(and \d+ more\)$/);
});

test("what a proto cannot say is named in the same way", async () => {
  const { transport, options } = await start();
  const client = createClient(ActivityService, transport);
  const events = [
    { id: "e1", userId: "ann", type: EventType.LIKED, movieId: "m" },
    { id: "e2", type: EventType.LIKED, movieId: "m" },
  ];
  expect(await failureOf(client.recordEvents({ events }, options))).toMatchObject({
    ...invalid,
    fields: ["events[1].user_id"],
  });
  const catalog = createClient(CatalogService, transport);
  expect(await failureOf(catalog.createMovie({ movie: {} }, options))).toMatchObject({
    ...invalid,
    fields: ["movie.title"],
  });
});

test("every message of a stream is checked, not only the first", async () => {
  const { transport, options } = await start();
  const client = createClient(CatalogService, transport);
  async function* requests() {
    yield { request: { case: "header" as const, value: { importId: "i" } } };
    yield { request: { case: "header" as const, value: { importId: "x".repeat(10_000) } } };
  }
  let answers = 0;
  const reading = (async () => {
    for await (const _ of client.importMovies(requests(), options)) answers++;
  })();
  expect(await failureOf(reading)).toMatchObject({ ...invalid, fields: ["header.import_id"] });
  expect(answers).toBe(1);
});

test("a fault is logged once with its request id and tells the caller nothing else", async () => {
  const { server, transport, options } = await start();
  Object.defineProperty(server.movies, "has", {
    value: () => {
      throw new Error("disk full at /var/secret");
    },
  });
  const failure = await failureOf(createClient(CatalogService, transport).getMovie({ id: "x" }, options));
  expect(failure).toMatchObject({ code: Code.Internal, reason: "INTERNAL" });
  expect(failure.error.message).not.toContain("secret");
  expect(failure.error.findDetails(RequestInfoSchema)[0]?.requestId).toBe("r1");
  const logged = server.logged.filter(({ level }) => level === "error");
  expect(logged).toHaveLength(1);
  expect(logged[0]?.fields).toMatchObject({ requestId: "r1", method: "GetMovie" });
});

test("an expected failure is not logged as a fault", async () => {
  const { server, transport, options } = await start();
  const failure = await failureOf(createClient(CatalogService, transport).getMovie({ id: "x" }, options));
  expect(failure).toMatchObject({ code: Code.NotFound, reason: "MOVIE_NOT_FOUND" });
  expect(server.logged.filter(({ level }) => level === "error")).toEqual([]);
});
