import { create } from "@bufbuild/protobuf";
import { FieldMaskSchema } from "@bufbuild/protobuf/wkt";
import { MovieSchema } from "@cinedeepmatch/contract";
import { expect, test } from "vitest";
import { maskedFields, pickFields, replaceFields, setFields } from "./field-mask.js";

const mask = (...paths: string[]) => create(FieldMaskSchema, { paths });
const all = MovieSchema.fields.length;
const movie = create(MovieSchema, { id: "alien-1979", title: "Alien", releaseYear: 1979, genres: ["Horror"] });

test.each([
  ["unset", undefined],
  ["empty", mask()],
  ["a star", mask("*")],
  ["a star among others", mask("title", "*")],
])("a mask that is %s means all fields", (_what, given) => {
  expect(maskedFields(MovieSchema, given, "read_mask").size).toBe(all);
});

test("fields are named as in the proto or as in JSON, and a path below a field means the field", () => {
  expect([...maskedFields(MovieSchema, mask("release_year", "title"), "read_mask")]).toEqual(["releaseYear", "title"]);
  expect([...maskedFields(MovieSchema, mask("releaseYear"), "read_mask")]).toEqual(["releaseYear"]);
  expect([...maskedFields(MovieSchema, mask("features.mood"), "read_mask")]).toEqual(["features"]);
});

test.each(["nonsense", "titel", "", "constructor", "__proto__", "$typeName"])("the path %j leads nowhere", (path) => {
  expect(() => maskedFields(MovieSchema, mask(path), "update_mask")).toThrow(
    expect.objectContaining({ violations: [expect.objectContaining({ field: "update_mask" })] }),
  );
});

test("only the picked fields are left, and the message itself stays whole", () => {
  const picked = pickFields(MovieSchema, movie, new Set(["title"]));
  expect(picked).toEqual(create(MovieSchema, { title: "Alien" }));
  expect(movie.releaseYear).toBe(1979);
});

test("replacing takes set fields over and clears those that are not set", () => {
  const given = create(MovieSchema, { title: "Aliens", genres: ["Action"] });
  const changed = replaceFields(MovieSchema, movie, given, new Set(["title", "releaseYear"]));
  expect(changed).toEqual(create(MovieSchema, { id: "alien-1979", title: "Aliens", genres: ["Horror"] }));
  expect(movie.title).toBe("Alien");
});

test("set fields are those that say something", () => {
  expect([...setFields(MovieSchema, create(MovieSchema, { title: "x", genres: [] }))]).toEqual(["title"]);
});
