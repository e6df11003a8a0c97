/**
 * Learning a taste model from a deployment's own activity, without Python: arrays in, the files of a model out.
 *
 * @example
 * const model = await learn({ events, movies, options: { name: "taste", version: "1", contentModel, licence: "own data" } });
 * for (const [name, bytes] of model.files) await writeFile(join(folder, name), bytes);
 * @module
 */
export type { LearningEvent, LearningMovie } from "./activity.js";
export { learn } from "./learn.js";
export type { LearningGoal, LearnOptions, LearnProgress, LearnRequest } from "./learn-options.js";
export type { LearnedManifest, LearnedModel, LearnReport, Mix, ValidationScore } from "./learned-model.js";
