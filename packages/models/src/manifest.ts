/** A tensor of a model: its element type and shape; a word stands for a size known only at run time. */
export interface TensorSpec {
  readonly type: "float32" | "int64";
  readonly shape: readonly (number | string)[];
}

/** The one content a file may have. */
export interface ModelFile {
  /** SHA-256, lower-case hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
}

/** What `manifest.json` says of a model. */
export interface ModelManifest {
  readonly name: string;
  readonly version: string;
  readonly kind: "text-encoder" | "quick-text-encoder" | "top-k-scan";
  /** SPDX identifier. */
  readonly licence: string;
  readonly source: Readonly<Record<string, string>>;
  /** The key in `files` of the .onnx file. */
  readonly model: string;
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  readonly outputs: Readonly<Record<string, TensorSpec>>;
  /** Length of an embedding; encoders only. */
  readonly dimension?: number;
  /** Longest input in tokens, [CLS] and [SEP] included; encoders only. */
  readonly maxTokens?: number;
  readonly pooling?: string;
  /** The encoder in whose space the embeddings are; quick encoders only. */
  readonly space?: string;
  readonly files: Readonly<Record<string, ModelFile>>;
}
