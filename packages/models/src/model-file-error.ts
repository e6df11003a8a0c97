/** Why a model file was refused. */
export type ModelFileFault =
  | "unknown"
  | "missing"
  | "not-a-file"
  | "too-large"
  | "wrong-size"
  | "wrong-hash"
  | "malformed";

/** A model file is not the one this version ships. Nothing of it has been handed to ONNX Runtime. */
export class ModelFileError extends Error {
  override readonly name = "ModelFileError";

  constructor(
    readonly fault: ModelFileFault,
    readonly file: string,
    options?: ErrorOptions,
  ) {
    super(`model file refused (${fault}): ${file}`, options);
  }
}
