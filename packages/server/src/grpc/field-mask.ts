import { clearField, clone, type DescMessage, isFieldSet, type MessageShape } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import type { FieldMask } from "@bufbuild/protobuf/wkt";
import { fieldInvalid } from "../matching/service-error.js";

/**
 * The fields of a message type that a mask names, as local names; all of them when the mask is unset, empty or `*`.
 * A path below a field (`rating.average`) stands for the whole field. FIELD_INVALID for a path that leads nowhere.
 *
 * @param field the mask's own name, for the error
 */
export function maskedFields(desc: DescMessage, mask: FieldMask | undefined, field: string): ReadonlySet<string> {
  if (mask === undefined || mask.paths.length === 0 || mask.paths.includes("*")) {
    return new Set(desc.fields.map(({ localName }) => localName));
  }
  return new Set(
    mask.paths.map((path) => {
      const [name] = path.split(".");
      const found = desc.fields.find((candidate) => candidate.name === name || candidate.jsonName === name);
      if (found === undefined) throw fieldInvalid(field, `"${path}" is not a field of ${desc.name}`);
      return found.localName;
    }),
  );
}

/** A copy with only these fields. */
export function pickFields<Desc extends DescMessage>(
  desc: Desc,
  message: MessageShape<Desc>,
  fields: ReadonlySet<string>,
): MessageShape<Desc> {
  if (fields.size === desc.fields.length) return message;
  const copy = clone(desc, message);
  for (const field of desc.fields) if (!fields.has(field.localName)) clearField(copy, field);
  return copy;
}

/** A copy of `target` in which these fields are as in `source`, unset ones included. */
export function replaceFields<Desc extends DescMessage>(
  desc: Desc,
  target: MessageShape<Desc>,
  source: MessageShape<Desc>,
  fields: ReadonlySet<string>,
): MessageShape<Desc> {
  const copy = reflect(desc, clone(desc, target));
  const from = reflect(desc, source);
  for (const field of desc.fields) {
    if (!fields.has(field.localName)) continue;
    if (from.isSet(field)) copy.set(field, from.get(field) as never);
    else copy.clear(field);
  }
  return copy.message as MessageShape<Desc>;
}

/** The fields of a message that are set, as local names. */
export function setFields<Desc extends DescMessage>(desc: Desc, message: MessageShape<Desc>): ReadonlySet<string> {
  return new Set(desc.fields.filter((field) => isFieldSet(message, field)).map(({ localName }) => localName));
}
