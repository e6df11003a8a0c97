import { expect, test } from "vitest";
import { TermCounter } from "./term-counter.js";
import { queryTokens, words } from "./tokenize.js";
import { Vocabulary } from "./vocabulary.js";

/** The terms of a text, and their packed counts. */
function counted(counter: TermCounter, text: string, field = 0): [id: number, packed: number][] {
  const found: [number, number][] = [];
  for (const word of words(text)) counter.add(word, field);
  counter.take((id, packed) => found.push([id, packed]));
  return found;
}

test("forms of a word are one term", () => {
  for (const forms of [
    "hunt hunts hunted hunting hunter hunters",
    "city cities",
    "chase chased chases chasing",
    "stop stopped stopping",
    "misunderstanding misunderstandings",
  ]) {
    const all = counted(new TermCounter(new Vocabulary()), forms);
    expect(all, forms).toEqual([[0, words(forms).length]]);
  }
});

test("short words and other alphabets keep their form, and queries find what documents have", () => {
  const vocabulary = new Vocabulary();
  const counter = new TermCounter(vocabulary);
  const found = counted(counter, "sing bed bus glass Москва 1982 counterrevolutionaries");
  expect(found.map(([id]) => id)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(["sing", "bed", "bus", "glass", "москва", "1982"].map((term) => vocabulary.id(term))).toEqual([
    0, 1, 2, 3, 4, 5,
  ]);
  expect(queryTokens("counterrevolutionary").map(({ term }) => vocabulary.id(term))).toEqual([6]);
  expect(counted(counter, "glass Counterrevolutionary").map(([id]) => id)).toEqual([3, 6]);
});

test("each document and each field is counted by itself, up to what a count can hold", () => {
  const counter = new TermCounter(new Vocabulary());
  for (const word of words("heat ".repeat(20))) counter.add(word, 7);
  counter.add("heat", 0);
  expect(counter.take(() => {})).toEqual(Uint32Array.of(0));
  for (const word of words("heat ".repeat(20))) counter.add(word, 7);
  counter.add("heat", 0);
  let heat = 0;
  counter.take((_, packed) => {
    heat = packed;
  });
  expect(heat).toBe(0xf0000001);
});
