import type { DescMessage, JsonObject } from "@bufbuild/protobuf";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";
import { scalarSchema } from "./scalar-schema.ts";

const schemas: Record<string, JsonObject> = {
  "google.protobuf.Timestamp": { type: "string", format: "date-time" },
  "google.protobuf.Duration": { type: "string", pattern: "^-?[0-9]+([.][0-9]{1,9})?s$", examples: ["1.5s"] },
  "google.protobuf.FieldMask": { type: "string", examples: ["id,title,releaseYear"] },
  "google.protobuf.Struct": { type: "object", additionalProperties: true },
  "google.protobuf.Value": {},
  "google.protobuf.ListValue": { type: "array", items: {} },
  "google.protobuf.Empty": { type: "object" },
  "google.protobuf.Any": {
    type: "object",
    properties: { "@type": { type: "string", description: "Which message the other fields are of." } },
    required: ["@type"],
    additionalProperties: true,
  },
};

/** The schema of a message whose JSON is not an object of its fields; undefined for all others. */
export function wellKnownSchema(desc: DescMessage): JsonObject | undefined {
  if (isWrapperDesc(desc)) return scalarSchema(desc.fields[0]);
  return schemas[desc.typeName];
}

/** True for messages whose JSON is one string, number or boolean, which a query can carry. */
export function isTextual(desc: DescMessage): boolean {
  return isWrapperDesc(desc) || /^google[.]protobuf[.](Timestamp|Duration|FieldMask)$/.test(desc.typeName);
}
