/** What the main side and the math thread say to each other. Types only: the thread runs without a build step. */

/** Numbers with a shape. Over a SharedArrayBuffer they are read in place. */
export interface MathTensor {
  readonly data: Float32Array | BigInt64Array;
  readonly shape: readonly number[];
}

/** Tensors by the names of a graph's inputs or outputs. */
export type MathTensors = Readonly<Record<string, MathTensor>>;

export type MathTask =
  | { readonly kind: "load"; readonly model: Uint8Array }
  | { readonly kind: "run"; readonly program: number; readonly feeds: MathTensors }
  | { readonly kind: "release"; readonly program: number };

export type MathRequest = MathTask & { readonly id: number };

export type MathReply =
  | { readonly id: number; readonly kind: "loaded"; readonly program: number }
  | { readonly id: number; readonly kind: "ran"; readonly outputs: MathTensors }
  | { readonly id: number; readonly kind: "released" }
  | { readonly id: number; readonly kind: "failed"; readonly message: string };

/** Handed to a new thread. */
export interface MathSetup {
  /** CPU threads of one run. */
  readonly threads: number;
}
