import { create } from "@bufbuild/protobuf";
import { ErrorReason, ListMoviesRequestSchema, ListPeopleRequestSchema } from "@cinedeepmatch/contract";
import { expect, test } from "vitest";
import { pageTokens } from "./page-token.js";

const request = { titleQuery: "alien", pageSize: 10 };
const list = (init: object) => pageTokens(ListMoviesRequestSchema, create(ListMoviesRequestSchema, init));
const refused = expect.objectContaining({
  reason: ErrorReason.PAGE_TOKEN_INVALID,
  violations: [expect.objectContaining({ field: "page_token" })],
});

test("a first page has no position and a last page no token", () => {
  expect(list(request).position).toBeUndefined();
  expect(list(request).next(undefined)).toBe("");
});

test.each(["20", "ünï çode", '{"after":"x"}', ""])("the position %j comes back from its token", (position) => {
  const pageToken = list(request).next(position);
  expect(list({ ...request, pageToken }).position).toBe(position);
});

test("the page size may change from page to page", () => {
  const pageToken = list(request).next("20");
  expect(list({ ...request, pageSize: 99, pageToken }).position).toBe("20");
});

test("a token is refused with another request", () => {
  const pageToken = list(request).next("20");
  expect(() => list({ ...request, titleQuery: "aliens", pageToken })).toThrow(refused);
});

test("a token is refused by another method", () => {
  const pageToken = list({}).next("20");
  const people = create(ListPeopleRequestSchema, { pageToken });
  expect(() => pageTokens(ListPeopleRequestSchema, people)).toThrow(refused);
});

test.each(["x", "%%%", "AAAAAAAAAAAAAAAAAAAAAAAA", "..//", "v4.local.x"])("%j is no token", (pageToken) => {
  expect(() => list({ ...request, pageToken })).toThrow(refused);
});
