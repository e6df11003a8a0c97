/**
 * The ONNX models that CineDeepMatch ships, checked before use, and the checks of models of somebody's own.
 *
 * @example
 * const encoder = await loadManifest("movie-minilm-l6-int8");
 * const bytes = await encoder.read(encoder.manifest.model); // hand these to ONNX Runtime
 * @module
 */

export { checkTasteModel, factsLength, readItems, type TasteModelFiles } from "./check-taste-model.js";
export { filmNotesPath } from "./film-notes.js";
export { inspectOnnx, type OnnxFacts, type OnnxTensor } from "./inspect-onnx.js";
export { type LoadedModel, loadManifest, type ModelName, modelNames } from "./load-manifest.js";
export type { ModelFile, ModelManifest, TensorSpec } from "./manifest.js";
export { ModelFileError, type ModelFileFault } from "./model-file-error.js";
export { type ModelFolder, readModelFolder } from "./read-model-folder.js";
export { maxFileBytes, readVerified } from "./read-verified.js";
export { checkTasteManifest, type TasteManifest, tasteFiles } from "./taste-manifest.js";
