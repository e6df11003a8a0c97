import { Code, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { CineDeepMatchError } from "./error.js";
import { readRetryAfter } from "./retry-after.js";

const withHeader = (name: string, value: string) => new ConnectError("", Code.Unavailable, { [name]: value });
const unknown = (cause: unknown) => CineDeepMatchError.from(ConnectError.from(cause));
const node = (code: string) => Object.assign(new Error(code), { code });

test("an error that is one already stays the same", () => {
  const error = new CineDeepMatchError({ code: "not_found", message: "gone" });
  expect(CineDeepMatchError.from(error)).toBe(error);
});

test("anything thrown becomes an error with a code and its cause", () => {
  const cause = new RangeError("odd");
  expect(CineDeepMatchError.from(cause)).toMatchObject({
    code: "unknown",
    message: "odd",
    cause,
    violations: [],
    metadata: {},
  });
  expect(CineDeepMatchError.from("text")).toMatchObject({ code: "unknown", message: "text" });
  expect(CineDeepMatchError.from(undefined)).toBeInstanceOf(CineDeepMatchError);
});

test("every Connect code has its name", () => {
  expect(CineDeepMatchError.from(new ConnectError("", Code.Canceled)).code).toBe("canceled");
  expect(CineDeepMatchError.from(new ConnectError("", Code.DeadlineExceeded))).toMatchObject({
    code: "deadline_exceeded",
    message: "deadline exceeded",
  });
  expect(CineDeepMatchError.from(new ConnectError("", Code.Unauthenticated)).code).toBe("unauthenticated");
});

test.each([
  "Failed to fetch",
  "NetworkError when attempting to fetch resource.",
  "Load failed",
  "fetch failed",
  "terminated",
])("a fetch that ends with “%s” is an unavailable server", (message) =>
  expect(unknown(new TypeError(message)).code).toBe("unavailable"),
);

test("a mistake in a caller's interceptor is not taken for the network", () => {
  expect(unknown(new TypeError("x is not a function")).code).toBe("unknown");
});

test.each(["ECONNRESET", "EPIPE", "ENETUNREACH", "UND_ERR_SOCKET", "ERR_HTTP2_STREAM_CANCEL"])(
  "a connection that ends with %s is an unavailable server, wherever in the chain of causes it is",
  (code) => {
    expect(unknown(node(code)).code).toBe("unavailable");
    expect(unknown(new Error("outer", { cause: node(code) })).code).toBe("unavailable");
  },
);

test("a certificate that does not verify is not worth a retry", () => {
  expect(unknown(node("CERT_HAS_EXPIRED")).retryable).toBe(false);
});

test("retry-after is read as seconds or as a date, retry-after-ms before it", () => {
  const now = Date.parse("2026-11-01T00:00:00Z");
  expect(readRetryAfter(withHeader("retry-after", "12"), now)).toBe(12_000);
  expect(readRetryAfter(withHeader("retry-after", "Sun, 01 Nov 2026 00:00:30 GMT"), now)).toBe(30_000);
  expect(readRetryAfter(withHeader("retry-after", "Sun, 01 Nov 2025 00:00:30 GMT"), now)).toBe(0);
  expect(
    readRetryAfter(new ConnectError("", Code.Unavailable, { "retry-after": "12", "retry-after-ms": "80" }), now),
  ).toBe(80);
});

test.each(["", " ", "soon", "Infinity"])("a retry-after of “%s” says nothing", (value) => {
  expect(readRetryAfter(withHeader("retry-after", value))).toBeUndefined();
});
