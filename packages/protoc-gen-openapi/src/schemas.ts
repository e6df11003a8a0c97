import type { DescEnum, DescField, DescMessage, JsonObject } from "@bufbuild/protobuf";
import { getOption } from "@bufbuild/protobuf";
import {
  message as messageOption,
  oneof as oneofOption,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { commentOf, joined } from "./description.ts";
import type { ApiOptions } from "./method-options.ts";
import { type Demands, demandsOf } from "./rule-schema.ts";
import { scalarSchema } from "./scalar-schema.ts";
import { wellKnownSchema } from "./well-known-schema.ts";

/** The schemas of messages and enums, made as they are first referred to. */
export class Schemas {
  readonly components: Record<string, JsonObject> = {};
  readonly #owners = new Map<string, DescEnum | DescMessage>();
  readonly #options: ApiOptions;
  readonly #answered: ReadonlySet<string>;

  /**
   * @param answered - the names of the messages that answers are made of. Answers leave out what is empty or masked, so
   *   these schemas require nothing; requests that hold such a message say themselves what they require of it.
   */
  constructor(options: ApiOptions, answered: ReadonlySet<string>) {
    this.#options = options;
    this.#answered = answered;
  }

  /** The schema of a message by reference. */
  message(desc: DescMessage, inRequest: boolean): JsonObject {
    const wellKnown = wellKnownSchema(desc);
    if (wellKnown) return wellKnown;
    const ref = this.#reference(desc, () => this.#object(desc));
    const required = inRequest && this.#answered.has(desc.typeName) ? this.requiredFields(desc) : [];
    return { ...ref, ...(required.length > 0 && { required }) };
  }

  /** The schema of a field, with its description and what its rules demand. */
  field(field: DescField, inRequest: boolean): JsonObject {
    const demands = demandsOf(field);
    const { isOutputOnly } = this.#options.behavior(field);
    const description = joined([commentOf(field), ...demands.words, ...(demands.items?.words ?? [])]);
    return {
      ...this.#value(field, demands, inRequest),
      ...(description !== "" && { description }),
      ...(isOutputOnly && { readOnly: true }),
    };
  }

  /** The JSON names of the fields without which a message is refused. */
  requiredFields(desc: DescMessage): string[] {
    return desc.fields.filter((field) => this.isRequired(field)).map(({ jsonName }) => jsonName);
  }

  /** True for a field without which its message is refused. */
  isRequired(field: DescField): boolean {
    return this.#options.behavior(field).isRequired || demandsOf(field).isRequired;
  }

  /** The schema of a message of its own, perhaps without some fields. */
  #object(desc: DescMessage): JsonObject {
    return this.object(desc, desc.fields, !this.#answered.has(desc.typeName));
  }

  /** The schema of an object of these fields. */
  object(desc: DescMessage, fields: readonly DescField[], inRequest: boolean): JsonObject {
    const required = inRequest ? fields.filter((field) => this.isRequired(field)).map(({ jsonName }) => jsonName) : [];
    const properties = fields.map((field) => [field.jsonName, this.field(field, inRequest)] as const);
    return {
      type: "object",
      ...described(joined([commentOf(desc), ...wholeWords(desc)])),
      ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
      ...(required.length > 0 && { required }),
    };
  }

  #value(field: DescField, demands: Demands, inRequest: boolean): JsonObject {
    switch (field.fieldKind) {
      case "list":
        return {
          type: "array",
          items: { ...this.#single(field, inRequest), ...demands.items?.schema },
          ...demands.schema,
        };
      case "map":
        return { type: "object", additionalProperties: this.#single(field, inRequest), ...demands.schema };
      default:
        return { ...this.#single(field, inRequest), ...demands.schema };
    }
  }

  #single(field: DescField, inRequest: boolean): JsonObject {
    if (field.message) return this.message(field.message, inRequest);
    const { enum: values } = field;
    return values ? this.#reference(values, () => enumSchema(values)) : scalarSchema(field);
  }

  #reference(desc: DescEnum | DescMessage, make: () => JsonObject): JsonObject {
    const { name } = desc;
    const owner = this.#owners.get(name);
    if (owner === undefined) {
      this.#owners.set(name, desc);
      // The place is taken first: a message may hold itself.
      this.components[name] = {};
      this.components[name] = make();
    } else if (owner.typeName !== desc.typeName) {
      throw new Error(`${owner.typeName} and ${desc.typeName} would both be called ${name} in the OpenAPI document.`);
    }
    return { $ref: `#/components/schemas/${name}` };
  }
}

function enumSchema(desc: DescEnum): JsonObject {
  const values = desc.values.map((value) => `- \`${value.name}\`: ${commentOf(value)}`);
  return {
    type: "string",
    ...described(joined([commentOf(desc), values.join("\n")], "\n\n")),
    enum: desc.values.map(({ name }) => name),
  };
}

/** What rules say of a message as a whole, in words. */
function wholeWords(desc: DescMessage): string[] {
  const rules = getOption(desc, messageOption).cel.map(({ message }) => `Rule: ${message}.`);
  const choices = desc.oneofs
    .filter(({ fields }) => fields.length > 1)
    .map((oneof) => {
      const names = oneof.fields.map(({ jsonName }) => `\`${jsonName}\``).join(", ");
      return `${getOption(oneof, oneofOption).required ? "Exactly" : "At most"} one of ${names} is set.`;
    });
  return [...rules, ...choices];
}

function described(description: string): JsonObject {
  return description === "" ? {} : { description };
}
