import { once } from "node:events";
import { create } from "@bufbuild/protobuf";
import {
  CatalogService,
  MatchRequestSchema,
  MatchResponseSchema,
  MatchService,
  type UpdateMovieRequest,
} from "@cinedeepmatch/contract";
import { ErrorInfoSchema } from "@cinedeepmatch/contract/error-details";
import { Code, ConnectError } from "@connectrpc/connect";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startGateway, type TestGateway } from "../start-gateway.test.support.js";
import { type EchoUpstream, startEchoUpstream } from "./echo-upstream.test.support.js";
import { type RawAnswer, sendRaw } from "./send-raw.test.support.js";

let upstream: EchoUpstream;
let gateway: TestGateway;
const empty = (call: Parameters<EchoUpstream["answer"]>[0]) => create(call.method.output);

beforeAll(async () => {
  upstream = await startEchoUpstream();
  gateway = await startGateway({ upstream: upstream.url, rateLimit: { max: 100_000, windowMs: 60_000 } });
});
beforeEach(() => {
  upstream.answer = empty;
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const send = (method: string, path: string, options?: Parameters<typeof sendRaw>[3]): Promise<RawAnswer> =>
  sendRaw(gateway.port, method, path, options);

test("a body becomes the request and the answer becomes a body", async () => {
  upstream.answer = () =>
    create(MatchResponseSchema, { results: [{ movie: { id: "a", rating: { count: 7n } }, score: 0.5 }] });
  const answer = await send("POST", "/v1/movies:match", { body: { text: "fish", page_size: 3, exclude_ids: ["x"] } });
  expect(answer.status).toBe(200);
  expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
  expect(answer.json).toEqual({ results: [{ movie: { id: "a", rating: { count: "7" } }, score: 0.5 }] });
  expect(upstream.seen().method).toBe(MatchService.method.match);
  expect(upstream.seen().request).toEqual(create(MatchRequestSchema, { text: "fish", pageSize: 3, excludeIds: ["x"] }));
});

test("the path and the query become fields", async () => {
  const query =
    "filter.release_year.min=1990&filter.genres.any=Drama&filter.genres.any=War+%26+Peace&explain=true&pageSize=5&diversity=.5";
  await send("GET", `/v1/movies/tt%2F1:similar?${query}`);
  expect(upstream.seen().method).toBe(MatchService.method.similarMovies);
  expect(upstream.seen().request).toMatchObject({
    movieId: "tt/1",
    filter: { releaseYear: { min: 1990 }, genres: { any: ["Drama", "War & Peace"] } },
    explain: true,
    pageSize: 5,
    diversity: 0.5,
  });
});

test("masks may be written as in proto or as in JSON, in a query and in a body", async () => {
  for (const readMask of ["title,releaseYear", "title,release_year", "title, release_year"]) {
    await send("GET", `/v1/movies/x?readMask=${encodeURIComponent(readMask)}`);
    expect(upstream.seen().request).toMatchObject({ readMask: { paths: ["title", "release_year"] } });
    await send("POST", "/v1/movies:match", { body: { text: "x", readMask } });
    expect(upstream.seen().request).toMatchObject({ readMask: { paths: ["title", "release_year"] } });
  }
  await send("POST", "/v1/matchJobs", { body: { requests: [{ read_mask: "release_year" }] } });
  expect(upstream.seen().request).toMatchObject({ requests: [{ readMask: { paths: ["release_year"] } }] });
});

test("enums are read by name and by number, 64-bit integers as text and as numbers", async () => {
  for (const order of ["MOVIE_ORDER_RATING", "3"]) {
    await send("GET", `/v1/movies?order=${order}&filter.minRatingCount=9007199254740993`);
    expect(upstream.seen().request).toMatchObject({ order: 3, filter: { minRatingCount: 9007199254740993n } });
  }
  for (const count of ["12", 12]) {
    await send("POST", "/v1/movies", { body: { title: "x", rating: { count } } });
    expect(upstream.seen().request).toMatchObject({ movie: { rating: { count: 12n } } });
  }
});

const patched = () => upstream.seen().request as UpdateMovieRequest;

test("a PATCH without a mask changes what its body mentions", async () => {
  const body = { id: "ignored", title: "New", synopsis: "", rating: null, updateTime: "2026-01-01T00:00:00Z" };
  await send("PATCH", "/v1/movies/the-id", { body });
  expect(upstream.seen().method).toBe(CatalogService.method.updateMovie);
  expect(patched().movie).toEqual(expect.objectContaining({ id: "the-id", title: "New", synopsis: "" }));
  expect(patched().updateMask?.paths.toSorted()).toEqual(["rating", "synopsis", "title"]);
});

test("a PATCH with a mask keeps it, an empty one too", async () => {
  await send("PATCH", "/v1/movies/x?update_mask=title&allowMissing=true", { body: { title: "N", synopsis: "S" } });
  expect(patched()).toMatchObject({ updateMask: { paths: ["title"] }, allowMissing: true });
  await send("PATCH", "/v1/movies/x?updateMask=", { body: { title: "N" } });
  expect(patched().updateMask?.paths).toEqual([]);
  await send("PATCH", "/v1/movies/x", { body: {} });
  expect(patched().updateMask).toBeUndefined();
});

test("a body may be left out where all that it could say is said by the path", async () => {
  expect((await send("POST", "/v1/matchJobs/j:cancel")).status).toBe(200);
  expect(upstream.seen().request).toMatchObject({ id: "j" });
});

test("the path wins over the body", async () => {
  await send("POST", "/v1/matchJobs/path:cancel", { body: { id: "body" } });
  expect(upstream.seen().request).toMatchObject({ id: "path" });
});

test("long ids and ids with every kind of character reach the server", async () => {
  for (const id of ["x".repeat(3000), "a/b", "a:b", "%2F", "..", ".", "ü €", "a?b#c&d=e+f", " "]) {
    expect((await send("GET", `/v1/movies/${encodeURIComponent(id)}`)).status).toBe(200);
    expect(upstream.seen().request).toMatchObject({ id });
  }
});

const longBody = { text: "x".repeat(2_000_000) };
const form = { "content-type": "application/x-www-form-urlencoded" };
const match = "/v1/movies:match";

test.each<
  [
    what: string,
    method: string,
    path: string,
    options: Parameters<typeof sendRaw>[3],
    status: number,
    message: string | RegExp,
  ]
>([
  ["an unknown path", "GET", "/v1/nothing", {}, 404, "There is nothing at GET /v1/nothing."],
  ["an unknown path below one", "GET", "/v1/movies/x/y?z", {}, 404, "There is nothing at GET /v1/movies/x/y."],
  ["a path that is no UTF-8", "GET", "/v1/movies/%ff", {}, 400, /'?\/?v1\/movies\/%ff'? is not a valid url|malformed/],
  [
    "an unknown query parameter",
    "GET",
    "/v1/movies?pageSzie=1",
    {},
    400,
    'pageSzie: is not a query parameter of this method: ListMoviesRequest has no field "pageSzie"',
  ],
  [
    "an unknown field of a field",
    "GET",
    "/v1/movies?filter.x=1",
    {},
    400,
    'filter.x: is not a query parameter of this method: MovieFilter has no field "x"',
  ],
  [
    "a field of a number",
    "GET",
    "/v1/movies?page_size.x=1",
    {},
    400,
    'page_size.x: is not a query parameter of this method: "page_size" is a single value and has no fields to name',
  ],
  [
    "a message as a parameter",
    "GET",
    "/v1/movies?filter=1",
    {},
    400,
    'filter: is not a query parameter of this method: "filter" is a MovieFilter, which is too much for a path or a query: name its fields',
  ],
  ["a parameter twice", "GET", "/v1/movies?pageSize=1&page_size=2", {}, 400, "page_size: is given more than once"],
  [
    "a field of the path",
    "GET",
    "/v1/movies/x?id=y",
    {},
    400,
    "id: is part of the path and cannot be given in the query",
  ],
  ["no whole number", "GET", "/v1/movies?page_size=1.5", {}, 400, 'page_size: expected a whole number, got "1.5"'],
  ["a number that is too large", "GET", "/v1/movies?page_size=2147483648", {}, 400, /^page_size: .*2147483648/],
  ["no number", "GET", "/v1/movies/x:similar?diversity=0x1", {}, 400, 'diversity: expected a number, got "0x1"'],
  ["no truth", "GET", "/v1/movies/x:similar?explain=1", {}, 400, 'explain: expected true or false, got "1"'],
  [
    "no such enum value",
    "GET",
    "/v1/movies?order=TITLE",
    {},
    400,
    'order: expected one of MOVIE_ORDER_UNSPECIFIED, MOVIE_ORDER_TITLE, MOVIE_ORDER_NEWEST, MOVIE_ORDER_RATING, or a number, got "TITLE"',
  ],
  [
    "a query that is no UTF-8",
    "GET",
    "/v1/movies?titleQuery=%ff",
    {},
    400,
    'The query holds "%ff", which is not percent-encoded UTF-8.',
  ],
  ["no JSON", "POST", match, { body: "{" }, 400, /^The body is not JSON: /],
  ["no JSON object", "POST", match, { body: "[]" }, 400, "The body must be a JSON object."],
  ["an unknown field", "POST", match, { body: { txet: "x" } }, 400, 'key "txet" is unknown'],
  [
    "an unknown field deep inside",
    "POST",
    match,
    { body: { movies: [{ movieId: "a" }, { movieid: "b" }] } },
    400,
    'movies[1]: key "movieid" is unknown',
  ],
  [
    "a value of a wrong type",
    "POST",
    match,
    { body: { filter: { releaseYear: { min: "x" } } } },
    400,
    /^filter.release_year.min: .*"x"/,
  ],
  [
    "a wrong value in a named body",
    "POST",
    "/v1/movies",
    { body: { releaseYear: true } },
    400,
    /^movie.release_year: .*true/,
  ],
  [
    "a wrong date",
    "POST",
    "/v1/events:record",
    { body: { events: [{ eventTime: "yesterday" }] } },
    400,
    "events[0].event_time: invalid RFC 3339 string",
  ],
  ["a body where there is none", "DELETE", "/v1/movies/x", { body: {} }, 400, /^This method takes no body/],
  ["a body of a GET", "GET", "/v1/movies/x", { body: {} }, 400, /^GET takes no body/],
  [
    "a body that is no JSON",
    "POST",
    match,
    { body: "text=x", headers: form },
    415,
    /does not read a body of application\/x-www-form-urlencoded/,
  ],
  [
    "a compressed body",
    "POST",
    match,
    { body: "x", headers: { "content-encoding": "gzip" } },
    415,
    /compressed with gzip/,
  ],
  ["a body that is too large", "POST", match, { body: longBody }, 413, "The request is larger than 1048576 bytes."],
  [
    "a timeout that is none",
    "GET",
    "/v1/movies/x",
    { headers: { "x-request-timeout-ms": "1s" } },
    400,
    /^x-request-timeout-ms: expected milliseconds/,
  ],
])("%s is refused", async (_, method, path, options, status, message) => {
  const before = upstream.answer;
  upstream.answer = () => expect.fail("It was called.");
  const answer = await send(method, path, options);
  upstream.answer = before;
  expect(answer.json).toMatchObject({
    message: typeof message === "string" ? message : expect.stringMatching(message),
  });
  expect(answer.status).toBe(status);
});

test("a refused field is named in the details", async () => {
  const { json } = await send("POST", match, { body: { movies: [{ weight: "much" }] } });
  expect(json).toEqual({
    code: Code.InvalidArgument,
    message: expect.stringContaining("movies[0].weight: "),
    details: [
      { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "FIELD_INVALID", domain: "cinedeepmatch" },
      {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        fieldViolations: [{ field: "movies[0].weight", description: expect.stringContaining('"much"') }],
      },
    ],
  });
});

test("a wrong method is told which ones work", async () => {
  const answer = await send("PUT", "/v1/movies/x");
  expect(answer.status).toBe(405);
  expect(answer.headers.allow).toBe("DELETE, GET, PATCH");
  expect(answer.json).toEqual({
    code: Code.Unimplemented,
    message: "PUT does not work at /v1/movies/x: use DELETE or GET or PATCH.",
  });
  expect((await send("GET", match)).headers.allow).toBe("POST");
  expect((await send("OPTIONS", match)).status).toBe(405);
});

test("the server's errors come as google.rpc.Status with details, status and headers", async () => {
  upstream.answer = () => {
    const value = { reason: "MOVIE_NOT_FOUND", domain: "cinedeepmatch", metadata: { movie_id: "x" } };
    throw new ConnectError("no such movie", Code.NotFound, { "retry-after-ms": "1500", "ratelimit-limit": "9" }, [
      { desc: ErrorInfoSchema, value },
    ]);
  };
  const answer = await send("GET", "/v1/movies/x", { headers: { "x-request-id": "mine" } });
  expect(answer.status).toBe(404);
  expect(answer.headers).toMatchObject({
    "x-request-id": "mine",
    "retry-after": "2",
    "retry-after-ms": "1500",
    "ratelimit-limit": "9",
  });
  expect(answer.json).toEqual({
    code: 5,
    message: "no such movie",
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "MOVIE_NOT_FOUND",
        domain: "cinedeepmatch",
        metadata: { movie_id: "x" },
      },
    ],
  });
});

test.each([
  [Code.Canceled, 499],
  [Code.Unknown, 500],
  [Code.InvalidArgument, 400],
  [Code.DeadlineExceeded, 504],
  [Code.NotFound, 404],
  [Code.AlreadyExists, 409],
  [Code.PermissionDenied, 403],
  [Code.ResourceExhausted, 429],
  [Code.FailedPrecondition, 400],
  [Code.Aborted, 409],
  [Code.OutOfRange, 400],
  [Code.Unimplemented, 501],
  [Code.Internal, 500],
  [Code.Unavailable, 503],
  [Code.DataLoss, 500],
  [Code.Unauthenticated, 401],
])("code %i is HTTP status %i", async (code, status) => {
  upstream.answer = () => {
    throw new ConnectError("no", code);
  };
  const answer = await send("GET", "/v1/movies/x");
  expect(answer.status).toBe(status);
  expect(answer.json).toEqual({ code, message: "no" });
  expect(answer.headers["www-authenticate"]).toBe(status === 401 ? "Bearer" : undefined);
});

test("the caller's token, request id and address go on, cookies do not", async () => {
  await send("GET", "/v1/movies/x", {
    headers: { authorization: "Bearer t", "x-request-id": "r", cookie: "a=b", "x-forwarded-for": "6.6.6.6" },
  });
  const headers = upstream.seen().context.requestHeader;
  expect(Object.fromEntries(headers)).toMatchObject({
    authorization: "Bearer t",
    "x-request-id": "r",
    "x-forwarded-for": "127.0.0.1",
  });
  expect(headers.get("cookie")).toBeNull();
});

test.each(["x-request-timeout-ms", "connect-timeout-ms"])("%s is a deadline that reaches the server", async (name) => {
  await send("GET", "/v1/movies/x", { headers: { [name]: "5000" } });
  expect(upstream.seen().context.timeoutMs()).toBeGreaterThan(4000);
  upstream.answer = async ({ context }) => {
    await once(context.signal, "abort");
    return [];
  };
  const answer = await send("GET", "/v1/movies/x", { headers: { [name]: "100" } });
  expect(answer.status).toBe(504);
  expect(answer.json).toMatchObject({ code: Code.DeadlineExceeded });
});

test("a deadline beyond what timers hold is not one that has passed", async () => {
  expect((await send("GET", "/v1/movies/x", { headers: { "x-request-timeout-ms": "9999999999" } })).status).toBe(200);
});

test("a caller that goes away cancels the call", async () => {
  const cancelled = Promise.withResolvers<void>();
  const called = Promise.withResolvers<void>();
  upstream.answer = async ({ context }) => {
    called.resolve();
    await once(context.signal, "abort");
    cancelled.resolve();
    return [];
  };
  const gone = new AbortController();
  const call = fetch(`${gateway.url}/v1/movies/x`, { signal: gone.signal }).catch(() => "gone");
  await called.promise;
  gone.abort();
  expect(await call).toBe("gone");
  await cancelled.promise;
});

test("a server that is away is reported as unavailable, without its address", async () => {
  await using lonely = await startGateway({ upstream: "http://127.0.0.1:9" });
  const answer = await sendRaw(lonely.port, "GET", "/v1/movies/x");
  expect(answer.status).toBe(503);
  expect(answer.headers["retry-after"]).toBe("1");
  expect(answer.json).toMatchObject({
    code: Code.Unavailable,
    message: "The server cannot be reached. Try again in a moment.",
  });
});

test("REST calls count against the same limit as others, and the refusal is a google.rpc.Status", async () => {
  await using limited = await startGateway({ upstream: upstream.url, rateLimit: { max: 2, windowMs: 60_000 } });
  await sendRaw(limited.port, "GET", "/v1/movies/x");
  await sendRaw(limited.port, "POST", "/cinedeepmatch.v1.MatchService/Match", { body: {} });
  const answer = await sendRaw(limited.port, "GET", "/v1/movies/x");
  expect(answer.status).toBe(429);
  expect(Number(answer.headers["retry-after"])).toBeGreaterThan(50);
  expect(answer.headers["ratelimit-remaining"]).toBe("0");
  expect(answer.json).toMatchObject({ code: Code.ResourceExhausted });
});

test("pages of allowed origins may use every method", async () => {
  await using open = await startGateway({ upstream: upstream.url, corsOrigins: ["https://app.example"] });
  const answer = await sendRaw(open.port, "OPTIONS", "/v1/movies/x", {
    headers: { origin: "https://app.example", "access-control-request-method": "PATCH" },
  });
  expect(answer.status).toBe(204);
  expect(answer.headers["access-control-allow-methods"]).toContain("PATCH");
  const refused = await sendRaw(open.port, "GET", "/v1/nothing", { headers: { origin: "https://app.example" } });
  expect(refused.headers["access-control-allow-origin"]).toBe("https://app.example");
});
