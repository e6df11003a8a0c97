import {
  createRegistry,
  type DescExtension,
  type DescField,
  type DescFile,
  type DescMethod,
  getOption,
  type Registry,
} from "@bufbuild/protobuf";

/** A `google.api.HttpRule`. */
export interface HttpRule {
  readonly pattern: { readonly case?: string; readonly value?: unknown };
  readonly body: string;
  readonly responseBody: string;
  readonly additionalBindings: readonly HttpRule[];
}

/** A `cinedeepmatch.v1.AuthorizationRule`. */
export interface AuthorizationRule {
  readonly scope: string;
  readonly public: boolean;
  readonly userBound: boolean;
}

/** What the options of methods and fields say, read with the definitions that came with them. */
export class ApiOptions {
  readonly registry: Registry;

  constructor(files: readonly DescFile[]) {
    this.registry = createRegistry(...files);
  }

  /** How a method is called over HTTP: its rule and the rule's additional bindings; none where it cannot be. */
  httpRules(method: DescMethod): HttpRule[] {
    const rule = getOption(method, this.#extension("google.api.http")) as unknown as HttpRule;
    return rule.pattern.case === undefined ? [] : [rule, ...rule.additionalBindings];
  }

  /** Who may call a method. */
  authorization(method: DescMethod): AuthorizationRule {
    return getOption(method, this.#extension("cinedeepmatch.v1.authorization")) as unknown as AuthorizationRule;
  }

  /** The numbers of a field's `google.api.field_behavior`. */
  behavior(field: DescField): { isRequired: boolean; isOutputOnly: boolean } {
    const numbers = getOption(field, this.#extension("google.api.field_behavior")) as unknown as number[];
    return { isRequired: numbers.includes(2), isOutputOnly: numbers.includes(3) };
  }

  #extension(typeName: string): DescExtension {
    const extension = this.registry.getExtension(typeName);
    if (extension === undefined) throw new Error(`No file defines the option ${typeName}.`);
    return extension;
  }
}
