import { create } from "@bufbuild/protobuf";
import { MovieSchema } from "@cinedeepmatch/contract";
import { expect, test } from "vitest";
import { openMovieTexts, withTexts } from "./open-movie-texts.js";

const encoder = { name: "encoder", version: "1.0.0" };
const nemo = create(MovieSchema, { id: "nemo", title: "Finding Nemo", releaseYear: 2003 });

test("famous films have what the shipped notes say of them, and vectors of texts with notes have a version of their own", async () => {
  const on = await openMovieTexts({ filmNotes: true });
  expect(on.texts.textOf(nemo).note?.keywords.length).toBeGreaterThan(0);
  expect(withTexts(encoder, on).version).toMatch(/^1\.0\.0\+notes\.[0-9a-f]{8}$/);
});

test("without notes a movie is what the catalogue says", async () => {
  const off = await openMovieTexts({ filmNotes: false });
  expect(off.texts.textOf(nemo).note).toBeUndefined();
  expect(withTexts(encoder, off)).toEqual(encoder);
});
