import type { Tables } from "../count-tables.js";
import { distanceWeights } from "../fit-mix.js";
import type { LearnReport, Mix } from "../learned-model.js";
import type { Lesson } from "../lesson.js";
import { itemModel } from "./item-graph.js";
import type { LearnedWeights, TowerPart } from "./learned-weights.js";
import { type ModelFilesOf, modelFiles } from "./model-files.js";
import type { ServedModel } from "./score-cases.js";
import { tasteModel } from "./taste-graph.js";

/** So many neighbours come with a query. Of what goes with a long history, much is what somebody has seen already. */
const NEIGHBOURS = { next: 500, rest: 2000 };

/** The weights with the shares of the parts worked in. */
export function mixed(
  { options, movies }: Lesson,
  { tower, projection }: TowerPart,
  tables: Tables,
  mix: Mix,
): LearnedWeights {
  const channels = (["transitions", "together"] as const)
    .filter((name) => mix[name].scale > 0)
    .map((name) => ({ table: tables[name], byDistance: distanceWeights(mix[name], options.maxEvents) }));
  const facts = movies.facts.length / (movies.ids.length + 1);
  return { tower, projection, channels, facts, towerShare: mix.tower };
}

/** The model as a server would have it, over the movies that it knows. */
export function served({ movies, options }: Lesson, weights: LearnedWeights): ServedModel {
  return {
    taste: tasteModel(weights, options.maxEvents, NEIGHBOURS[options.goal]),
    item: itemModel(weights),
    content: movies.content,
    contentLength: options.contentModel.dimension,
    facts: movies.facts,
    known: Int32Array.from({ length: movies.ids.length + 1 }, (_, movie) => movie),
    maxEvents: options.maxEvents,
  };
}

/** The model's folder. */
export function assemble({ options, movies }: Lesson, weights: LearnedWeights, report: LearnReport): ModelFilesOf {
  const { name, version, licence, contentModel, width } = options;
  const sizes = {
    dimension: weights.newcomers?.projection.offset.length ?? width,
    maxEvents: options.maxEvents,
    neighbours: Math.min(NEIGHBOURS[options.goal], movies.ids.length + 1),
  };
  return modelFiles({
    description: { name, version, licence, contentModel, ...sizes },
    report,
    taste: tasteModel(weights, options.maxEvents, NEIGHBOURS[options.goal]),
    item: itemModel(weights),
    movieIds: movies.ids,
  });
}
