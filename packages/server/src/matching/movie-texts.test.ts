import { create } from "@bufbuild/protobuf";
import { CreditRole, MovieSchema } from "@cinedeepmatch/contract";
import { expect, test } from "vitest";
import { FilmNotes } from "./film-notes.js";
import { LexicalIndex } from "./lexical-index.js";
import { MovieTexts } from "./movie-texts.js";

const jaws = create(MovieSchema, {
  id: "jaws",
  title: "Jaws",
  releaseYear: 1975,
  synopsis: "Jaws is a 1975 American thriller film.",
  credits: [{ displayName: "Roy Scheider", role: CreditRole.ACTOR }],
});
const note = {
  title: "Jaws",
  year: 1975,
  people: ["Roy Scheider"],
  synopsis: "A police chief hunts a great white shark off a beach town.",
  keywords: ["bigger boat"],
};
const noted = new MovieTexts(new FilmNotes([note]));
const plain = new MovieTexts();

test("a note is encoded before what the catalogue says, and another note is another text", () => {
  expect(noted.encodingTextOf(jaws)).toBe(
    "A police chief hunts a great white shark off a beach town.\nbigger boat\nJaws is a 1975 American thriller film.",
  );
  expect(plain.encodingTextOf(jaws)).toBe("Jaws is a 1975 American thriller film.");
  const others = [plain, new MovieTexts(new FilmNotes([{ ...note, keywords: ["yellow barrels"] }]))];
  for (const other of others) expect(other.digestOf(jaws)).not.toBe(noted.digestOf(jaws));
});

test("a movie with a thin synopsis is found by what its note says, and by nothing of it without notes", () => {
  const index = new LexicalIndex();
  index.upsert(0, plain.textOf(create(MovieSchema, { id: "other", title: "Other", synopsis: "A boat sinks." })));
  index.upsert(1, noted.textOf(jaws));
  expect(index.search("shark police chief bigger boat", { limit: 1 })[0]?.ordinal).toBe(1);
  expect(index.explain("shark", 1)).toEqual([{ term: "shark", field: "note", share: 1 }]);
  index.upsert(1, plain.textOf(jaws));
  expect(index.search("shark", { limit: 1 })).toEqual([]);
});

test("a movie that already has the note's text keeps it once", () => {
  const full = create(MovieSchema, { ...jaws, synopsis: note.synopsis });
  expect(noted.digestOf(full)).toBe(plain.digestOf(full));
});
