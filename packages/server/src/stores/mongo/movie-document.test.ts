import { equals, type JsonObject, type JsonValue } from "@bufbuild/protobuf";
import { MovieSchema } from "@cinedeepmatch/contract";
import fc from "fast-check";
import { BSON } from "mongodb";
import { expect, test } from "vitest";
import { finishMovie } from "../movie-draft.js";
import { actors, sampleMovie } from "../testing/sample-movies.js";
import { movieFields, movieOf } from "./movie-document.js";

function throughMongo(features: JsonObject) {
  const movie = finishMovie("a", sampleMovie("a", { credits: actors("Ida Lupino"), features }), undefined);
  const document = BSON.deserialize(BSON.serialize(movieFields("t", movie, "digest")));
  return { movie, document, read: movieOf(document) };
}

test("features are kept as anybody wrote them", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (features) => {
      const { movie, read } = throughMongo(features as JsonObject);
      expect(read !== undefined && equals(MovieSchema, read, movie)).toBe(true);
    }),
  );
});

test.each<[string, JsonValue]>([
  ["a dollar sign", { $where: 1 }],
  ["a dot", { "a.b": 1 }],
  ["no name", { "": 1 }],
  ["a name of the driver's", { _bsontype: "ObjectId", id: "x" }],
  ["lists in lists", [[1], [2]]],
  ["great depth", Array.from({ length: 60 }).reduce<JsonValue>((inner) => ({ inner }), 1)],
])("features with %s are kept beside the document", (_, value) => {
  const { movie, document, read } = throughMongo({ value });
  expect(document.movie.features).toBeUndefined();
  expect(read).toEqual(movie);
});

test("other features can be queried as they are", () => {
  const { document } = throughMongo({ shelf: "A1", copies: 3, owners: ["x", null], nested: { deep: true } });
  expect(document.movie.features).toEqual({ shelf: "A1", copies: 3, owners: ["x", null], nested: { deep: true } });
});
