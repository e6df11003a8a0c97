import { AccountService, CatalogService, MatchService } from "@cinedeepmatch/contract";
import { ErrorInfoSchema, RetryInfoSchema } from "@cinedeepmatch/contract/error-details";
import { health } from "@cinedeepmatch/contract/grpc";
import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { expect, test, vi } from "vitest";
import { startTestGrpcServer } from "./start-grpc-server.test.support.js";

const NONE = { withoutToken: undefined, refusedToken: undefined, service: undefined, user: undefined };
const HOURLY = { limit: 2, windowMs: 3_600_000 };

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const from = (address: string, token = "none") => ({
  headers: { authorization: `Bearer ${token}`, "x-forwarded-for": address },
});
const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => ConnectError.from(error),
  );
const reasonOf = (error: ConnectError | undefined) => error?.findDetails(ErrorInfoSchema)[0]?.reason;

function transportsOf(baseUrl: string): Transport[] {
  return [
    createGrpcTransport({ baseUrl }),
    createGrpcWebTransport({ baseUrl, httpVersion: "2" }),
    createConnectTransport({ baseUrl, httpVersion: "2" }),
  ];
}

test("a subject that calls too often is told so and when to come back, on every protocol", async () => {
  const server = await startTestGrpcServer({ rates: { ...NONE, service: HOURLY } });
  for (const [index, transport] of transportsOf(server.url).entries()) {
    const client = createClient(CatalogService, transport);
    const options = bearer(await server.token({ subject: `subject ${index}` }));
    const remaining: (string | null)[] = [];
    const onHeader = (headers: Headers) => remaining.push(headers.get("ratelimit-remaining"));
    await client.batchGetMovies({ ids: ["x"] }, { ...options, onHeader });
    await client.batchGetMovies({ ids: ["x"] }, { ...options, onHeader });
    const error = await failureOf(client.batchGetMovies({ ids: ["x"] }, { ...options, onHeader }));
    expect(remaining.slice(0, 2)).toEqual(["1", "0"]);
    expect(error?.code).toBe(Code.ResourceExhausted);
    expect(reasonOf(error)).toBe("RATE_LIMITED");
    expect(error?.findDetails(RetryInfoSchema)[0]?.retryDelay?.seconds).toBeGreaterThan(1_700n);
    expect(Number(error?.metadata.get("retry-after"))).toBeGreaterThan(1_700);
    expect(error?.metadata.get("ratelimit-limit")).toBe("2");
    expect(error?.metadata.get("x-request-id")).toBeTruthy();
    // A new token of the same subject helps nobody; another subject is not held up.
    const again = bearer(await server.token({ subject: `subject ${index}` }));
    expect(reasonOf(await failureOf(client.batchGetMovies({ ids: ["x"] }, again)))).toBe("RATE_LIMITED");
  }
});

test("users of one back end have limits of their own", async () => {
  const server = await startTestGrpcServer({ rates: { ...NONE, user: HOURLY } });
  const client = createClient(CatalogService, createGrpcTransport({ baseUrl: server.url }));
  const [ann, bob] = [await server.token({ userId: "ann" }), await server.token({ userId: "bob" })];
  for (let i = 0; i < 2; i++) await client.batchGetMovies({ ids: ["x"] }, bearer(ann));
  expect(reasonOf(await failureOf(client.batchGetMovies({ ids: ["x"] }, bearer(ann))))).toBe("RATE_LIMITED");
  await client.batchGetMovies({ ids: ["x"] }, bearer(bob));
});

test("a subject of one tenant does not use up another tenant's", async () => {
  const server = await startTestGrpcServer({ rates: { ...NONE, service: HOURLY } });
  const client = createClient(CatalogService, createGrpcTransport({ baseUrl: server.url }));
  const [here, there] = [await server.token({ tenant: "here" }), await server.token({ tenant: "there" })];
  for (let i = 0; i < 3; i++) await failureOf(client.batchGetMovies({ ids: ["x"] }, bearer(here)));
  await client.batchGetMovies({ ids: ["x"] }, bearer(there));
});

test("calls without a token are limited by the caller's address, behind the gateway too", async () => {
  const server = await startTestGrpcServer({ rates: { ...NONE, withoutToken: HOURLY } });
  const client = createClient(AccountService, createGrpcTransport({ baseUrl: server.url }));
  const attempt = (address: string) => failureOf(client.exchangeApiKey({ secret: "guess" }, from(address)));
  for (let i = 0; i < 2; i++) expect(reasonOf(await attempt("192.0.2.1"))).not.toBe("RATE_LIMITED");
  expect(reasonOf(await attempt("192.0.2.1"))).toBe("RATE_LIMITED");
  expect(reasonOf(await attempt("192.0.2.2"))).not.toBe("RATE_LIMITED");
  // One owner holds a whole /64.
  for (let i = 0; i < 3; i++) await attempt(`2001:db8::${i}`);
  expect(reasonOf(await attempt("2001:db8::ffff"))).toBe("RATE_LIMITED");
  expect(reasonOf(await attempt("2001:db8:0:1::1"))).not.toBe("RATE_LIMITED");
});

test("an address that guesses tokens is stopped, and good tokens from there still work", async () => {
  const server = await startTestGrpcServer({ rates: { ...NONE, refusedToken: HOURLY } });
  const client = createClient(CatalogService, createGrpcTransport({ baseUrl: server.url }));
  const guess = () => failureOf(client.batchGetMovies({ ids: ["x"] }, from("192.0.2.1", "v4.local.guess")));
  expect([reasonOf(await guess()), reasonOf(await guess()), reasonOf(await guess())]).toEqual([
    "TOKEN_REJECTED",
    "TOKEN_REJECTED",
    "RATE_LIMITED",
  ]);
  await client.batchGetMovies({ ids: ["x"] }, from("192.0.2.1", await server.token()));
});

test("health checks are not held back by the limit for calls without a token", async () => {
  const server = await startTestGrpcServer({ rates: { withoutToken: HOURLY } });
  const client = createClient(health.Health, createGrpcTransport({ baseUrl: server.url }));
  for (let i = 0; i < 5; i++) await client.check({});
});

test("an address gets so many calls altogether", async () => {
  const server = await startTestGrpcServer({ rates: { address: HOURLY } });
  const client = createClient(health.Health, createGrpcTransport({ baseUrl: server.url }));
  for (let i = 0; i < 2; i++) await client.check({}, from("192.0.2.1"));
  expect(reasonOf(await failureOf(client.check({}, from("192.0.2.1"))))).toBe("RATE_LIMITED");
  await client.check({}, from("192.0.2.2"));
});

test("a caller holds so many streams open, and gets another when one has ended, however it ended", async () => {
  const server = await startTestGrpcServer({ rates: { openStreams: 2 } });
  const token = await server.token();
  for (const transport of transportsOf(server.url)) {
    const client = createClient(CatalogService, transport);
    const open = async () => {
      const controller = new AbortController();
      let end = () => {};
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      async function* requests() {
        yield { request: { case: "header" as const, value: { importId: "i" } } };
        await ended;
      }
      const answers = client.importMovies(requests(), { ...bearer(token), signal: controller.signal });
      const iterator = answers[Symbol.asyncIterator]();
      await iterator.next();
      const finish = async () => {
        end();
        await iterator.next();
      };
      return { cancel: () => controller.abort(), finish, iterator };
    };
    const [first, second] = [await open(), await open()];
    expect(await failureOf(open())).toMatchObject({ code: Code.ResourceExhausted });
    first.cancel();
    await first.iterator.next().catch(() => {});
    const third = await vi.waitFor(open);
    await second.finish();
    const fourth = await vi.waitFor(open);
    third.cancel();
    fourth.cancel();
    await third.iterator.next().catch(() => {});
    await fourth.iterator.next().catch(() => {});
  }
  // Calls that are no streams are not counted.
  const client = createClient(MatchService, createGrpcTransport({ baseUrl: server.url }));
  const calls = Array.from({ length: 10 }, () => failureOf(client.match({ text: "x" }, bearer(token))));
  for (const error of await Promise.all(calls)) expect(reasonOf(error)).not.toBe("RATE_LIMITED");
});
