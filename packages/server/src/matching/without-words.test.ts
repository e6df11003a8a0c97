import { expect, test } from "vitest";
import { withoutWords } from "./without-words.js";

test("words go in every form in which they stand there, and the others stay as they are", () => {
  expect(withoutWords("A shark hunts swimmers; the Sharks' hunt!", ["shark"])).toBe("A hunts swimmers; the hunt!");
  expect(withoutWords("Amélie's café in Paris", ["amelies", "cafe"])).toBe("in Paris");
});

test("where only signs are left, nothing is", () => {
  expect(withoutWords("Jaws!", ["jaws"])).toBe("");
  expect(withoutWords("", ["jaws"])).toBe("");
});
