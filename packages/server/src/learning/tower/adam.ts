/** How fast numbers follow their gradients. */
export interface AdamOptions {
  /** How far every number is pulled back to 0 by each step, times the rate. */
  readonly decay: number;
}

const [BETA1, BETA2, EPSILON] = [0.9, 0.98, 1e-8];

/**
 * Adam with decoupled decay, row by row: rows that a step has no gradients for stay as they are and count their own
 * steps, so that the corrections of a large catalogue cost only what a batch touches.
 */
export class Adam {
  readonly #mean: Float32Array;
  readonly #square: Float32Array;
  readonly #steps: Int32Array;

  constructor(
    readonly values: Float32Array,
    private readonly width: number,
    private readonly options: AdamOptions,
  ) {
    this.#mean = new Float32Array(values.length);
    this.#square = new Float32Array(values.length);
    this.#steps = new Int32Array(values.length / width);
  }

  /** @param rows which row each row of the gradient is of; all in order where not given */
  step(gradient: Float32Array, rate: number, rows?: Int32Array): void {
    const count = gradient.length / this.width;
    for (let row = 0; row < count; row++) this.#row(rows?.[row] ?? row, gradient, row * this.width, rate);
  }

  #row(row: number, gradient: Float32Array, from: number, rate: number): void {
    const [mean, square, values] = [this.#mean, this.#square, this.values];
    const step = (this.#steps[row] as number) + 1;
    this.#steps[row] = step;
    const scale = (rate * Math.sqrt(1 - BETA2 ** step)) / (1 - BETA1 ** step);
    const shrink = 1 - rate * this.options.decay;
    const base = row * this.width;
    for (let index = 0; index < this.width; index++) {
      const at = base + index;
      const slope = gradient[from + index] as number;
      const m = BETA1 * (mean[at] as number) + (1 - BETA1) * slope;
      const v = BETA2 * (square[at] as number) + (1 - BETA2) * slope * slope;
      mean[at] = m;
      square[at] = v;
      values[at] = shrink * (values[at] as number) - (scale * m) / (Math.sqrt(v) + EPSILON);
    }
  }
}
