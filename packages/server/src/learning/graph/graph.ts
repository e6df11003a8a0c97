import type { Attribute, Constant, ElementType, Node, Size, Value } from "./value.js";

/**
 * A computation in the making: operators of ONNX's standard domain in the order in which they run. The functions of
 * `operators.ts` add to it, `differentiate.ts` appends the gradients, and `encode-model.ts` writes it down.
 */
export class Graph {
  readonly inputs: Value[] = [];
  readonly outputs: Value[] = [];
  readonly nodes: Node[] = [];
  readonly constants = new Map<string, Constant>();
  #count = 0;

  /** What is given when the graph runs. */
  input(name: string, shape: readonly Size[], type: ElementType = "float32"): Value {
    const value = { name, type, shape };
    this.inputs.push(value);
    return value;
  }

  /** Numbers that are part of the graph. */
  constant(name: string, data: Constant["data"], shape: readonly Size[]): Value {
    const known = this.constants.get(name);
    if (known !== undefined) return known.value;
    const type = data instanceof Float32Array ? "float32" : data instanceof Int32Array ? "int32" : "int64";
    const value: Value = { name, type, shape };
    this.constants.set(name, { value, data });
    return value;
  }

  /** A single number. */
  scalar(number: number): Value {
    return this.constant(`f_${number}`, Float32Array.of(number), []);
  }

  /** Whole numbers, as operators take axes and shapes. */
  integers(...numbers: number[]): Value {
    return this.constant(`i_${numbers.join("_")}`, BigInt64Array.from(numbers, BigInt), [numbers.length]);
  }

  /** Adds an operator with one output. */
  add(
    operator: string,
    inputs: readonly Value[],
    shape: readonly Size[],
    attributes: Readonly<Record<string, Attribute>> = {},
    type: ElementType = inputs[0]?.type ?? "float32",
  ): Value {
    return this.addMany(operator, inputs, [{ shape, type }], attributes)[0] as Value;
  }

  /** Adds an operator with several outputs. */
  addMany(
    operator: string,
    inputs: readonly Value[],
    outputs: readonly { readonly shape: readonly Size[]; readonly type: ElementType }[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value[] {
    const number = ++this.#count;
    const values = outputs.map(({ shape, type }, index) => ({
      name: `${operator.toLowerCase()}_${number}${index === 0 ? "" : `_${index}`}`,
      type,
      shape,
    }));
    this.nodes.push({ operator, inputs, outputs: values, attributes });
    return values;
  }

  /** Makes a value an output, under a name of its own. */
  output(name: string, value: Value): void {
    const output = { ...value, name };
    this.nodes.push({ operator: "Identity", inputs: [value], outputs: [output], attributes: {} });
    this.outputs.push(output);
  }
}
