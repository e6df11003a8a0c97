import type { Tables } from "../count-tables.js";
import { distanceWeights } from "../fit-mix.js";
import type { LearnedModel, LearnReport, Mix } from "../learned-model.js";
import type { Lesson } from "../lesson.js";
import { modelFiles } from "./model-files.js";
import type { ServedModel } from "./score-cases.js";
import { itemModel, type LearnedWeights, type TowerPart, tasteModel } from "./taste-graph.js";

/** So many neighbours come with a query. */
const NEIGHBOURS = 500;

/** The weights with the shares of the parts worked in. */
export function mixed({ options }: Lesson, { tower, projection }: TowerPart, tables: Tables, mix: Mix): LearnedWeights {
  const channels = (["transitions", "together"] as const)
    .filter((name) => mix[name].scale > 0)
    .map((name) => ({ table: tables[name], byDistance: distanceWeights(mix[name], options.maxEvents) }));
  return { tower, projection, channels, towerShare: mix.tower };
}

/** The model as a server would have it, over the movies that it knows. */
export function served({ movies, options }: Lesson, weights: LearnedWeights): ServedModel {
  return {
    taste: tasteModel(weights, options.maxEvents, NEIGHBOURS),
    item: itemModel(weights),
    content: movies.content,
    contentLength: options.contentModel.dimension,
    known: Int32Array.from({ length: movies.ids.length + 1 }, (_, movie) => movie),
    maxEvents: options.maxEvents,
  };
}

/** The model's folder. */
export function assemble({ options, movies }: Lesson, weights: LearnedWeights, report: LearnReport): LearnedModel {
  const { name, version, licence, contentModel, width } = options;
  const sizes = {
    dimension: width + 1,
    maxEvents: options.maxEvents,
    neighbours: Math.min(NEIGHBOURS, movies.ids.length + 1),
  };
  return modelFiles({
    description: { name, version, licence, contentModel, ...sizes },
    report,
    taste: tasteModel(weights, options.maxEvents, NEIGHBOURS),
    item: itemModel(weights),
    movieIds: movies.ids,
  });
}
