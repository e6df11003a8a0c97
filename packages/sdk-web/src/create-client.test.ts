import { MatchService } from "@cinedeepmatch/sdk-core";
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { expect, test, vi } from "vitest";
import { createClient } from "./create-client.js";

test("a client sends Connect's binary format with the fetch it is given, to a path on the page's origin too", async () => {
  const sent: Request[] = [];
  const fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
    sent.push(new Request(new URL(String(input), "https://page.example"), init));
    return new Response(new Uint8Array(), { headers: { "content-type": "application/proto" } });
  };
  await createClient({ baseUrl: "/api", token: "t", fetch }).match({ text: "x" });
  expect(sent[0]?.url).toBe("https://page.example/api/cinedeepmatch.v1.MatchService/Match");
  expect(Object.fromEntries(sent[0]?.headers ?? [])).toMatchObject({
    "content-type": "application/proto",
    authorization: "Bearer t",
    "connect-timeout-ms": expect.stringMatching(/^(9\d{3}|10000)$/),
  });
});

test("a gateway that answers 503 in its own format is unavailable", async () => {
  const answer = { statusCode: 503, error: "Service Unavailable", message: "upstream is down" };
  const fetch = async () => Response.json(answer, { status: 503, headers: { "x-request-id": "r" } });
  const match = createClient({ baseUrl: "/", fetch }).match({ text: "x" }, { maxRetries: 0 });
  await expect(match).rejects.toMatchObject({ code: "unavailable", retryable: true, requestId: "r" });
});

test("interceptors run for every attempt", async () => {
  let attempts = 0;
  const fetch = async () => {
    throw new TypeError("Failed to fetch");
  };
  const client = createClient({
    baseUrl: "/",
    fetch,
    interceptors: [
      (next) => (request) => {
        attempts++;
        return next(request);
      },
    ],
  });
  await expect(client.match({ text: "x" }, { maxRetries: 1 })).rejects.toMatchObject({ code: "unavailable" });
  expect(attempts).toBe(2);
});

test("a transport of the caller's own is retried like any other", async () => {
  let attempts = 0;
  const transport = createRouterTransport(({ service }) =>
    service(MatchService, {
      match() {
        if (++attempts === 1) throw new ConnectError("", Code.Unavailable);
        return { matchId: "m" };
      },
    }),
  );
  expect((await createClient({ baseUrl: "", transport }).match({ text: "x" })).matchId).toBe("m");
});

test("interceptors that a caller's own transport could not run are refused", () => {
  const transport = createRouterTransport(() => {});
  expect(() => createClient({ baseUrl: "", transport, interceptors: [(next) => next] })).toThrow(TypeError);
});

test("an API key is refused before it leaves the browser", async () => {
  const secret = `cdm_0123456789abcdef_${"x".repeat(43)}`;
  const fetch = vi.fn();
  expect(() => createClient({ baseUrl: "/", token: secret, fetch })).toThrow(/API key must not reach a browser/);
  const client = createClient({ baseUrl: "/", token: async () => secret, fetch });
  const message = expect.stringMatching(/mintUserToken/);
  await expect(client.match({ text: "x" })).rejects.toMatchObject({ code: "unauthenticated", message });
  const exchange = client.accounts.exchangeApiKey({ secret });
  await expect(exchange).rejects.toMatchObject({ code: "failed_precondition", message });
  expect(fetch).not.toHaveBeenCalled();
});
