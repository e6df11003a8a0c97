import type { MessageInitShape } from "@bufbuild/protobuf";
import type { FieldMaskSchema } from "@bufbuild/protobuf/wkt";
import type { Movie } from "./api.js";

/** A field of {@link Movie}. */
export type MovieField = Exclude<keyof Movie, "$typeName" | "$unknown">;

/**
 * Names the fields to return, for `readMask`, or to change, for `updateMask`. Masks travel in the spelling of the
 * .proto files; here a misspelt field does not compile.
 *
 * @example
 * ```ts
 * await client.match({ text: "space opera", readMask: movieFields("title", "releaseYear") });
 * ```
 */
export function movieFields(...fields: readonly MovieField[]): MessageInitShape<typeof FieldMaskSchema> {
  return { paths: fields.map((field) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)) };
}
