import { create, type DescField, getOption, type JsonValue, type Message } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { type FieldMask, FieldMaskSchema } from "@bufbuild/protobuf/wkt";
import { FieldBehavior, field_behavior } from "@cinedeepmatch/contract/http";
import type { Route } from "./route.js";

/**
 * Where a PATCH leaves `update_mask` out, what the body mentions is what it changes: `{"synopsis": ""}` empties the
 * synopsis and touches nothing else. What the path names and what only the server writes is no change.
 */
export function implyMask(route: Route, message: Message, body: JsonValue | undefined): void {
  const mask = maskFieldOf(route);
  if (mask === undefined || typeof body !== "object" || body === null || Array.isArray(body)) return;
  const request = reflect(route.method.input, message);
  if (request.isSet(mask)) return;
  const changed = (fieldsOf(route) ?? []).filter(
    (field) => Object.hasOwn(body, field.jsonName) || Object.hasOwn(body, field.name),
  );
  const paths = changed.filter((field) => isChangeable(route, field)).map(({ name }) => name);
  if (paths.length === 0) return;
  const implied: FieldMask = create(FieldMaskSchema, { paths });
  request.set(mask, reflect(FieldMaskSchema, implied));
}

/** The request's `update_mask`, in a route that writes parts of a resource. */
function maskFieldOf({ method, httpMethod }: Route) {
  const field = httpMethod === "PATCH" ? method.input.field.updateMask : undefined;
  const isMask = field?.fieldKind === "message" && field.message.typeName === FieldMaskSchema.typeName;
  return isMask ? field : undefined;
}

function fieldsOf({ body }: Route): readonly DescField[] | undefined {
  return typeof body === "object" && body.fieldKind === "message" ? body.message.fields : undefined;
}

function isChangeable({ variables }: Route, field: DescField): boolean {
  const inPath = variables.some(({ path }) => path.field === field);
  return !inPath && !getOption(field, field_behavior).includes(FieldBehavior.OUTPUT_ONLY);
}
