/**
 * Why a piece of inference has no result: `crashed` the thread died under it (trying again may work), `failed` ONNX
 * Runtime refused it, `closed` the server is stopping.
 */
export type InferenceFault = "crashed" | "failed" | "closed";

/** An encode or scan request that was not answered. */
export class InferenceError extends Error {
  override readonly name = "InferenceError";

  constructor(
    readonly fault: InferenceFault,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
