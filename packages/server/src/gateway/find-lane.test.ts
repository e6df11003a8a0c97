import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  CatalogService,
  MatchLane,
  MatchRequestSchema,
  MatchService,
  SimilarMoviesRequestSchema,
} from "@cinedeepmatch/contract";
import { expect, test } from "vitest";
import { findLane, laneOf, waitsInLane } from "./find-lane.js";

const { match, similarMovies, createMatchJob } = MatchService.method;
const request = (init: MessageInitShape<typeof MatchRequestSchema>) => create(MatchRequestSchema, init);
const binary = (init: MessageInitShape<typeof MatchRequestSchema>) =>
  Buffer.from(toBinary(MatchRequestSchema, request(init)));
const inJson = (text: string) => findLane(match, Buffer.from(text), true);

test("only those wait in lanes who wait for a model themselves", () => {
  expect([match, similarMovies].map(waitsInLane)).toEqual([true, true]);
  expect([createMatchJob, CatalogService.method.getMovie].map(waitsInLane)).toEqual([false, false]);
  expect(laneOf(createMatchJob, request({}))).toBeUndefined();
});

test.each([
  ["interactive", MatchLane.UNSPECIFIED],
  ["interactive", MatchLane.INTERACTIVE],
  ["standard", MatchLane.STANDARD],
  ["bulk", MatchLane.BULK],
])("finds %s in a message, however it is written", (lane, value) => {
  const init = { text: "heist", movies: [{ movieId: "heat-1995", weight: 1 }], lane: value, minEventToken: "t" };
  expect(laneOf(match, request(init))).toBe(lane);
  expect(findLane(match, binary(init), false)).toBe(lane);
  expect(inJson(`{"text": "heist", "lane" : "MATCH_LANE_${MatchLane[value]}", "pageSize": 3}`)).toBe(lane);
  expect(inJson(`{"lane":${value}}`)).toBe(lane);
});

test("what somebody types is not taken for a lane", () => {
  const text = '"lane":"MATCH_LANE_BULK" lane: 3';
  expect(inJson(JSON.stringify({ text, excludeIds: ["lane", "MATCH_LANE_BULK"] }))).toBe("interactive");
  expect(findLane(match, binary({ text }), false)).toBe("interactive");
});

test("a method without lanes is interactive, and so is what makes no sense", () => {
  const similar = create(SimilarMoviesRequestSchema, { movieId: "heat-1995" });
  expect(laneOf(similarMovies, similar)).toBe("interactive");
  expect(findLane(similarMovies, Buffer.from(toBinary(SimilarMoviesRequestSchema, similar)), false)).toBe(
    "interactive",
  );
  expect(inJson('{"lane": "MATCH_LANE_SOON"')).toBe("interactive");
  for (const bytes of [[0xff, 0xff], [0x0a, 0x7f, 0x00], []]) {
    expect(findLane(match, Buffer.from(bytes), false)).toBe("interactive");
  }
});
