import { create, type DescField, type DescMessage, fromJson, type Message, ScalarType } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { DurationSchema, FieldMaskSchema, StructSchema, TimestampSchema } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";

/** Short texts of every script. */
export const anyText = fc.string({ unit: "grapheme", maxLength: 5 });

const seconds = fc.bigInt({ min: -62135596800n, max: 253402300799n });
const nanos = fc.integer({ min: 0, max: 999_999_999 });
const wellKnown: Record<string, fc.Arbitrary<Message>> = {
  [TimestampSchema.typeName]: fc.record({ seconds, nanos }).map((value) => create(TimestampSchema, value)),
  [DurationSchema.typeName]: fc
    .record({ seconds: fc.bigInt({ min: 0n, max: 315_576_000_000n }), nanos })
    .map((value) => create(DurationSchema, value)),
  [FieldMaskSchema.typeName]: fc
    .uniqueArray(fc.constantFrom("id", "title", "release_year", "rating.average"))
    .map((paths) => create(FieldMaskSchema, { paths })),
  [StructSchema.typeName]: fc
    .dictionary(anyText, fc.jsonValue({ maxDepth: 2, noUnicodeString: false }))
    .map((json) => fromJson(StructSchema, JSON.parse(JSON.stringify(json)))),
};

/** Any message of a type, without some fields. Messages within it become empty below some depth. */
export function anyMessage(desc: DescMessage, without: readonly string[] = [], depth = 3): fc.Arbitrary<Message> {
  const known = wellKnown[desc.typeName];
  if (known) return known;
  if (depth === 0) return fc.constant(create(desc));
  const members = desc.members.filter(({ name }) => !without.includes(name));
  const choices = members.map((member) =>
    member.kind === "oneof"
      ? fc.oneof(
          fc.constant(undefined),
          ...member.fields.map((field) => fieldValue(field, depth).map((v) => [field, v] as const)),
        )
      : fc.option(
          fieldValue(member, depth).map((value) => [member, value] as const),
          { nil: undefined },
        ),
  );
  return fc.tuple(...choices).map((entries) => {
    const message = reflect(desc, create(desc));
    for (const entry of entries) if (entry) setAny(message, ...entry);
    return message.message;
  });
}

function setAny(message: ReturnType<typeof reflect>, field: DescField, value: unknown): void {
  if (field.fieldKind === "list") {
    const list = message.get(field);
    for (const item of value as unknown[]) list.add(wrapped(field, item));
  } else if (field.fieldKind === "map") {
    const map = message.get(field);
    for (const [key, item] of value as [string, unknown][]) map.set(key, wrapped(field, item));
  } else {
    message.set(field, wrapped(field, value));
  }
}

const wrapped = ({ message }: DescField, value: unknown) =>
  (message ? reflect(message, value as Message) : value) as never;

function fieldValue(field: DescField, depth: number): fc.Arbitrary<unknown> {
  const one = field.message
    ? anyMessage(field.message, [], depth - 1)
    : field.enum
      ? fc.constantFrom(...field.enum.values.map(({ number }) => number))
      : scalar(field.scalar as ScalarType);
  if (field.fieldKind === "map") return fc.array(fc.tuple(scalar(field.mapKey), one), { maxLength: 3 });
  return field.fieldKind === "list" ? fc.array(one, { maxLength: 3 }) : one;
}

// JSON.stringify writes -0 as 0.
const positiveZero = (value: number) => (Object.is(value, -0) ? 0 : value);

function scalar(type: ScalarType): fc.Arbitrary<unknown> {
  switch (type) {
    case ScalarType.STRING:
      return anyText;
    case ScalarType.BOOL:
      return fc.boolean();
    case ScalarType.BYTES:
      return fc.uint8Array({ maxLength: 9 });
    case ScalarType.FLOAT:
      return fc.float().map(positiveZero);
    case ScalarType.DOUBLE:
      return fc.double().map(positiveZero);
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return fc.nat(2 ** 32 - 1);
    default:
      return fc.integer();
  }
}
