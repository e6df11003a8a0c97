import { ErrorReason } from "@cinedeepmatch/contract";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RequestInfoSchema,
  RetryInfoSchema,
} from "@cinedeepmatch/contract/error-details";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, test } from "vitest";
import { fieldInvalid, ServiceError } from "../matching/service-error.js";
import { convertError, isFault } from "./convert-error.js";
import { ERROR_CODES } from "./error-codes.js";

const detailsOf = (error: ConnectError) =>
  error.details.map((detail) => ("desc" in detail ? [detail.desc, detail.value] : []));
const detailOf = (error: ConnectError, desc: unknown) => detailsOf(error).find(([found]) => found === desc)?.[1];

const reasons = Object.values(ErrorReason).filter((reason) => typeof reason === "number");

test.each(reasons.map((reason) => [ErrorReason[reason], reason] as const))("%s has a code", (name, reason) => {
  const error = convertError(new ServiceError(reason, "said"), "r1");
  expect(Code[error.code]).toBe(Code[ERROR_CODES[reason]]);
  expect(error.rawMessage).toBe("said");
  expect(detailOf(error, ErrorInfoSchema)).toEqual({ reason: name, domain: "cinedeepmatch", metadata: {} });
  expect(detailOf(error, RequestInfoSchema)).toEqual({ requestId: "r1" });
});

test("fields that break a rule are named", () => {
  const error = convertError(fieldInvalid("movie.title", "must not be empty"), "r1");
  expect(error.rawMessage).toBe("movie.title: must not be empty");
  const violation = { field: "movie.title", description: "must not be empty" };
  expect(detailOf(error, BadRequestSchema)).toEqual({ fieldViolations: [violation] });
});

test("when to come back is said in the detail and in both headers, never as 0 seconds", () => {
  const busy = new ServiceError(ErrorReason.QUEUE_FULL, "full", { retryAfterMs: 120.4 });
  const error = convertError(busy, "r1");
  expect(detailOf(error, RetryInfoSchema)).toMatchObject({ retryDelay: { seconds: 0n, nanos: 121_000_000 } });
  expect(error.metadata.get("retry-after-ms")).toBe("121");
  expect(error.metadata.get("retry-after")).toBe("1");
});

describe("an error that nobody expected", () => {
  const secret = "connect ECONNREFUSED postgres://admin:hunter2@10.0.0.5";

  test.each([
    ["an Error", new Error(secret)],
    ["a TypeError", new TypeError(secret)],
    ["a string", secret],
    ["nothing", undefined],
    ["an error with a cause", new Error("x", { cause: new Error(secret) })],
  ])("tells the caller nothing but the request id: %s", (_what, thrown) => {
    const error = convertError(thrown, "r1");
    expect(error.code).toBe(Code.Internal);
    expect(isFault(error)).toBe(true);
    const sent = JSON.stringify([error.rawMessage, [...error.metadata], detailsOf(error).map(([, value]) => value)]);
    expect(sent).not.toContain("hunter2");
    expect(sent).toContain("r1");
  });

  test("is kept as the cause, for the log", () => {
    const thrown = new Error(secret);
    expect(convertError(thrown, "r1").cause).toBe(thrown);
  });
});

test("what a known error was caused by is kept for the log and not sent", () => {
  const cause = new Error("hunter2");
  const error = convertError(new ServiceError(ErrorReason.STORE_UNAVAILABLE, "The store is away.", { cause }), "r1");
  expect(error.cause).toBe(cause);
  expect(JSON.stringify([error.rawMessage, detailsOf(error).map(([, value]) => value)])).not.toContain("hunter2");
});

test("aborts and timeouts of the platform are the call's own", () => {
  const named = (name: string) => Object.assign(new Error("x"), { name });
  expect(convertError(named("AbortError"), "r1").code).toBe(Code.Canceled);
  expect(convertError(named("TimeoutError"), "r1").code).toBe(Code.DeadlineExceeded);
});

test("an error that is Connect's already stays as it is", () => {
  const error = new ConnectError("unknown service", Code.NotFound);
  expect(convertError(error, "r1")).toBe(error);
  expect(isFault(error)).toBe(false);
});
