import { expect, test } from "vitest";
import { TitleIndex } from "./title-index.js";

function filled(): TitleIndex {
  const index = new TitleIndex();
  index.upsert(1, ["The Kid"], 1921);
  index.upsert(2, ["The Kid"], 2000);
  index.upsert(3, ["1984"], 1984);
  index.upsert(4, ["Seven Samurai", "七人の侍"], 1954);
  return index;
}

test("a title is found without its article, case and punctuation, and by its original", () => {
  const index = filled();
  expect(index.find("kid!").map(({ ordinal }) => ordinal)).toEqual([1, 2]);
  expect(index.find("七人の侍")).toEqual([{ ordinal: 4, strength: 1 }]);
  expect(index.find("kid on the moon")).toEqual([]);
});

test("a year after the title prefers the movie of that year", () => {
  expect(filled().find("the kid (1921)")).toEqual([
    { ordinal: 1, strength: 1 },
    { ordinal: 2, strength: 0.5 },
  ]);
  expect(filled().find("1984")).toEqual([{ ordinal: 3, strength: 1 }]);
});

test("a removed or renamed movie is no longer found by its old title", () => {
  const index = filled();
  index.remove(1);
  index.upsert(2, ["Kid Stuff"]);
  expect(index.find("The Kid")).toEqual([]);
});
