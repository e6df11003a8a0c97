/** The element types that graphs here use. */
export type ElementType = "float32" | "int64" | "int32" | "bool";

/** A size: a number, or the name of one that is known only when the graph runs. */
export type Size = number | string;

/** What flows along an edge of a graph. */
export interface Value {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly Size[];
}

/** What an operator may be told besides its inputs: a whole number, several, a fraction, or a word. */
export type Attribute = number | readonly number[] | { readonly float: number } | { readonly word: string };

/** One operator at work. */
export interface Node {
  readonly operator: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** Numbers that a graph carries. */
export interface Constant {
  readonly value: Value;
  readonly data: Float32Array | BigInt64Array | Int32Array;
}

/** The shape of an operation between two values, by ONNX's (NumPy's) rules of broadcasting. */
export function broadcastShape(a: readonly Size[], b: readonly Size[]): Size[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) throw new RangeError(`shapes ${a} and ${b} do not fit`);
    return left === 1 ? right : left;
  });
}

/** An axis counted from the front, where negative ones count from the end. */
export function axisOf(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}
