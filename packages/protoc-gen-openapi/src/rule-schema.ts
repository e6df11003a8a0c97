import { type DescField, getOption, hasOption, type JsonObject, ScalarType } from "@bufbuild/protobuf";
import { type Duration, durationMs } from "@bufbuild/protobuf/wkt";
import { type FieldRules, field as fieldOption, Ignore } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";

/** What a field's `buf.validate` rules demand: as JSON Schema, and in words where JSON Schema has none. */
export interface Demands {
  readonly schema: JsonObject;
  readonly words: readonly string[];
  /** What each item of a list must satisfy. */
  readonly items?: Demands;
  /** True where the rules refuse a message without the field. */
  readonly isRequired: boolean;
}

const nothing: Demands = { schema: {}, words: [], isRequired: false };

/** Reads the rules of a field. */
export function demandsOf(field: DescField): Demands {
  return hasOption(field, fieldOption) ? demandsOfRules(getOption(field, fieldOption), field) : nothing;
}

function demandsOfRules(rules: FieldRules, field: DescField): Demands {
  if (rules.ignore === Ignore.ALWAYS) return nothing;
  const { type } = rules;
  const demands = typeDemands(type, field);
  const refusesZero = isPositive(demands.schema.minLength) || isPositive(demands.schema.minItems);
  const isOptional = rules.ignore === Ignore.IF_ZERO_VALUE;
  return {
    ...demands,
    words: [...(demands.words ?? []), ...rules.cel.map(({ message }) => `${message}.`)],
    isRequired: rules.required || (refusesZero && !isOptional),
  };
}

function isPositive(value: unknown): boolean {
  return typeof value === "number" && value > 0;
}

type Partial = Omit<Demands, "isRequired" | "words"> & { words?: readonly string[] };

function typeDemands(type: FieldRules["type"], field: DescField): Partial {
  switch (type.case) {
    case "string":
      return { schema: stringSchema(type.value) };
    case "bytes":
      return { schema: {}, words: lengthWords(type.value) };
    case "float":
    case "double":
    case "int32":
      return { schema: rangeSchema(type.value) };
    case "int64":
      // 64-bit integers are strings in JSON, of which no range can be asked.
      return { schema: {}, words: rangeWords(rangeSchema(type.value)) };
    case "duration":
      return { schema: {}, words: durationWords(type.value) };
    case "enum":
      return { schema: enumSchema(type.value.notIn, field) };
    case "repeated": {
      const { minItems, maxItems, unique, items } = type.value;
      const schema = present({ minItems, maxItems, uniqueItems: unique || undefined });
      return { schema, ...(items && { items: demandsOfRules(items, field) }) };
    }
    case "map":
      return { schema: present({ minProperties: type.value.minPairs, maxProperties: type.value.maxPairs }) };
    case undefined:
      return { schema: {} };
    default:
      throw new Error(`${field}: the OpenAPI plugin does not know the rules for ${type.case}.`);
  }
}

interface StringRules {
  readonly len: bigint;
  readonly minLen: bigint;
  readonly maxLen: bigint;
  readonly pattern: string;
  readonly in: readonly string[];
  readonly wellKnown: { readonly case: string | undefined };
}

function stringSchema({ len, minLen, maxLen, pattern, in: allowed, wellKnown }: StringRules): JsonObject {
  const format = wellKnown.case === "email" || wellKnown.case === "uri" ? wellKnown.case : undefined;
  return present({
    minLength: len || minLen || undefined,
    maxLength: len || maxLen || undefined,
    pattern: pattern || undefined,
    enum: allowed.length > 0 ? [...allowed] : undefined,
    format,
  });
}

interface Range<T> {
  readonly lessThan: { readonly case: "lt" | "lte" | undefined; readonly value?: T | undefined };
  readonly greaterThan: { readonly case: "gt" | "gte" | undefined; readonly value?: T | undefined };
}

function rangeSchema({ lessThan, greaterThan }: Range<number | bigint>): JsonObject {
  return present({
    [greaterThan.case === "gt" ? "exclusiveMinimum" : "minimum"]: greaterThan.value,
    [lessThan.case === "lt" ? "exclusiveMaximum" : "maximum"]: lessThan.value,
  });
}

function rangeWords(range: JsonObject): string[] {
  const names: Record<string, string> = {
    minimum: "At least",
    exclusiveMinimum: "More than",
    maximum: "At most",
    exclusiveMaximum: "Less than",
  };
  return Object.entries(range).map(([key, value]) => `${names[key]} ${value}.`);
}

function durationWords({ lessThan, greaterThan }: Range<Duration>): string[] {
  const seconds = (duration: Duration) => `${durationMs(duration) / 1000}s`;
  return [
    ...(greaterThan.value
      ? [`${greaterThan.case === "gt" ? "More than" : "At least"} ${seconds(greaterThan.value)}.`]
      : []),
    ...(lessThan.value ? [`${lessThan.case === "lt" ? "Less than" : "At most"} ${seconds(lessThan.value)}.`] : []),
  ];
}

function lengthWords({ minLen, maxLen }: { minLen: bigint; maxLen: bigint }): string[] {
  return [...(minLen ? [`At least ${minLen} bytes.`] : []), ...(maxLen ? [`At most ${maxLen} bytes.`] : [])];
}

function enumSchema(notIn: readonly number[], field: DescField): JsonObject {
  const names = notIn.flatMap((number) => field.enum?.value[number]?.name ?? []);
  return names.length > 0 ? { not: { enum: names } } : {};
}

/** A schema without the keywords that have no value; sizes are small enough for JSON numbers. */
function present(keywords: Record<string, bigint | number | string | string[] | boolean | undefined>): JsonObject {
  const set = Object.entries(keywords).filter(([, value]) => value !== undefined && value !== 0n);
  return Object.fromEntries(
    set.map(([key, value]) => [key, typeof value === "bigint" ? Number(value) : (value ?? null)]),
  );
}

/** True where the rules let only finite numbers through, so that `NaN` and `Infinity` need no mention. */
export function isAlwaysFinite(field: DescField): boolean {
  if (field.scalar !== ScalarType.FLOAT && field.scalar !== ScalarType.DOUBLE) return true;
  const { type } = getOption(field, fieldOption);
  return (type.case === "float" || type.case === "double") && type.value.finite;
}
