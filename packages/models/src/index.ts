/**
 * The ONNX models that CineDeepMatch ships, checked before use.
 *
 * @example
 * const encoder = await loadManifest("minilm-l6-v2-int8");
 * const bytes = await encoder.read(encoder.manifest.model); // hand these to ONNX Runtime
 * @module
 */
export { filmNotesPath } from "./film-notes.js";
export { type LoadedModel, loadManifest, type ModelName, modelNames } from "./load-manifest.js";
export type { ModelFile, ModelManifest, TensorSpec } from "./manifest.js";
export { ModelFileError, type ModelFileFault } from "./model-file-error.js";
