import { create } from "@bufbuild/protobuf";
import { MovieSchema } from "@cinedeepmatch/contract";
import { expect, test } from "vitest";
import { openMovieTexts } from "./open-movie-texts.js";

const nemo = create(MovieSchema, { id: "nemo", title: "Finding Nemo", releaseYear: 2003 });
const unknown = create(MovieSchema, { id: "unknown", title: "What Nobody Has Seen", releaseYear: 2003 });

test("famous films have what the shipped notes say of them, and texts of their own; the others have the same without", async () => {
  const [on, off] = await Promise.all([openMovieTexts({ filmNotes: true }), openMovieTexts({ filmNotes: false })]);
  expect(on.textOf(nemo).note?.keywords.length).toBeGreaterThan(0);
  expect(off.textOf(nemo).note).toBeUndefined();
  expect(on.digestOf(nemo)).not.toBe(off.digestOf(nemo));
  expect(on.digestOf(unknown)).toBe(off.digestOf(unknown));
});

test("texts with notes have the version of the notes", async () => {
  expect((await openMovieTexts({ filmNotes: true })).version).toMatch(/^notes\.[0-9a-f]{8}$/);
  expect((await openMovieTexts({ filmNotes: false })).version).toBe("plain");
});
