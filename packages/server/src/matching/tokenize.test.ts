import { expect, test } from "vitest";
import { documentTerms, queryTokens, words } from "./tokenize.js";

test("forms of a word share a term", () => {
  for (const forms of [
    "hunt hunts hunted hunting hunter hunters",
    "city cities",
    "chase chased chases chasing",
    "stop stopped stopping",
  ]) {
    expect(new Set(documentTerms(forms)).size, forms).toBe(1);
  }
});

test("short words and other alphabets keep their form", () => {
  expect(documentTerms("sing bed bus glass Москва 1982")).toEqual(["sing", "bed", "bus", "glass", "москва", "1982"]);
});

test("scripts without spaces are cut into overlapping pairs", () => {
  expect(words("七人の侍")).toEqual(["七人", "人の", "の侍"]);
});

test("a query of nothing but common words keeps them", () => {
  expect(queryTokens("The Thing").map(({ word }) => word)).toEqual(["thing"]);
  expect(queryTokens("it").map(({ word }) => word)).toEqual(["it"]);
  expect(queryTokens("!?")).toEqual([]);
});
