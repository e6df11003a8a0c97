import { expect, test } from "vitest";
import { queryTokens, words } from "./tokenize.js";

test("scripts without spaces are cut into overlapping pairs", () => {
  expect(words("七人の侍")).toEqual(["七人", "人の", "の侍"]);
});

test("a query of nothing but common words keeps them", () => {
  expect(queryTokens("The Thing").map(({ word }) => word)).toEqual(["thing"]);
  expect(queryTokens("it").map(({ word }) => word)).toEqual(["it"]);
  expect(queryTokens("!?")).toEqual([]);
});
