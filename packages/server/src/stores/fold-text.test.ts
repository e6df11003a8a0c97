import { expect, test } from "vitest";
import { foldedWords, foldText, personIdOf } from "./fold-text.js";

test.each([
  ["Amélie", "amelie"],
  ["ŁÓDŹ", "lodz"],
  ["Straße", "strasse"],
  ["Андрей", "андрей"],
  ["が", "が"],
  ["हिन्दी", "हिन्दी"],
  ["ＡＢＣ", "abc"],
])("%s is folded to %s", (text, folded) => {
  expect(foldText(text)).toBe(folded);
});

test("words end at everything that is no letter and no digit, except an apostrophe", () => {
  expect(foldedWords("WALL·E: Ocean's 11 — «Été»")).toEqual(["wall", "e", "oceans", "11", "ete"]);
  expect(foldedWords(" ... ")).toEqual([]);
});

test.each([
  ["Tom Hanks", "tom-hanks"],
  ["Zoë Kravitz", "zoe-kravitz"],
  ["Lupita Nyong'o", "lupita-nyongo"],
  ["Robert Downey Jr.", "robert-downey-jr"],
  ["宮崎 駿", "宮崎-駿"],
  ["Андрей Тарковский", "андрей-тарковский"],
])("the id of %s is %s", (name, id) => {
  expect(personIdOf(name)).toBe(id);
});

test("names without letters have ids, different ones for different names", () => {
  expect(personIdOf("???")).toMatch(/^name-[0-9a-f]{16}$/);
  expect(personIdOf("???")).not.toBe(personIdOf("!!!"));
});

test("an id never ends in half a character", () => {
  expect(personIdOf(`${"a".repeat(127)}𝒳`.normalize("NFC")).isWellFormed()).toBe(true);
});
