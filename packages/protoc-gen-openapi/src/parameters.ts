import type { DescField, DescMessage, JsonObject } from "@bufbuild/protobuf";
import { commentOf, joined } from "./description.ts";
import type { OpenApiPath } from "./path.ts";
import type { Schemas } from "./schemas.ts";
import { isTextual } from "./well-known-schema.ts";

/** The parameter of a path's variable. */
export function pathParameter(
  desc: DescMessage,
  { fieldPath, name: parameterName }: OpenApiPath["variables"][number],
  schemas: Schemas,
): JsonObject {
  let message: DescMessage | undefined = desc;
  let field: DescField | undefined;
  for (const name of fieldPath.split(".")) {
    field = message?.fields.find((candidate) => candidate.name === name);
    message = field?.message;
  }
  if (field === undefined) throw new Error(`${desc.typeName} has no field ${fieldPath}.`);
  return parameter("path", parameterName, [field], true, schemas);
}

/** The parameters that a query may have: all fields of a message that can be written as text, those of fields included. */
export function queryParameters(desc: DescMessage, bound: readonly string[], schemas: Schemas): JsonObject[] {
  const found: JsonObject[] = [];
  const visit = (message: DescMessage, parents: readonly DescField[]) => {
    for (const field of message.fields) {
      const path = [...parents, field];
      const protoName = path.map(({ name }) => name).join(".");
      // A message within itself would never end.
      if (bound.includes(protoName) || parents.some((parent) => parent.message === field.message && field.message))
        continue;
      if (field.fieldKind === "map") continue;
      if (field.message && !isTextual(field.message)) {
        if (field.fieldKind === "message") visit(field.message, path);
        continue;
      }
      const name = path.map(({ jsonName }) => jsonName).join(".");
      const isRequired = path.every((step) => schemas.isRequired(step));
      found.push(parameter("query", name, path, isRequired, schemas));
    }
  };
  visit(desc, []);
  return found;
}

function parameter(
  place: "path" | "query",
  name: string,
  path: readonly DescField[],
  required: boolean,
  schemas: Schemas,
): JsonObject {
  const field = path.at(-1) as DescField;
  // The description of a field speaks of its message, which the reader of a parameter does not see.
  const description = joined(path.map((step) => commentOf(step)));
  const { description: _, readOnly: __, ...schema } = schemas.field(field, true);
  return { name, in: place, ...(required && { required }), ...(description !== "" && { description }), schema };
}
