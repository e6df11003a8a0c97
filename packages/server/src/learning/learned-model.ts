import type { TasteManifest } from "@cinedeepmatch/models";
import type { LearningGoal, LearnRequest } from "./learn-options.js";

/** What `manifest.json` says of a learned model. */
export interface LearnedManifest extends Omit<TasteManifest, "metrics"> {
  /** How many neighbours come with each query. */
  readonly neighbours: number;
  readonly metrics: LearnReport;
}

/** How well events that were held out were told, with standard errors. */
export interface ValidationScore {
  readonly ndcg: number;
  readonly standardError: number;
  /** The share of cases with a movie that was asked for among the first 10. */
  readonly hit: number;
}

/** What came of learning. */
export interface LearnReport {
  readonly goal: LearningGoal;
  readonly users: number;
  readonly events: number;
  readonly movies: number;
  readonly epochs: number;
  /** The mean surprise at the next movie in each epoch, in nats. */
  readonly losses: readonly number[];
  /** Cases held out, on which the shares of the parts were chosen. */
  readonly cases: number;
  /** NDCG@10 for the goal "next", NDCG@100 for "rest"; the whole, and its parts alone. */
  readonly validation: Readonly<Record<"model" | "tower" | "transitions" | "popularity", ValidationScore>>;
  readonly mix: Mix;
  readonly seconds: number;
  /** What was counted anew after the model was measured; undefined where nothing was. */
  readonly recounted?: { readonly users: number; readonly events: number };
}

/** How much each part of a model counts. */
export interface Mix {
  /** 1, or 0 where it does not help. */
  readonly tower: 0 | 1;
  readonly transitions: { readonly scale: number; readonly decay: number };
  readonly together: { readonly scale: number; readonly decay: number };
}

/** A learned model: the files of its folder, `manifest.json` among them. */
export interface LearnedModel {
  readonly manifest: LearnedManifest;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly report: LearnReport;
  /**
   * The same tower, shares and movies with everything that is counted counted anew, from all of these events. Movies that
   * nothing was known of stay new until the next model.
   */
  recount(events: LearnRequest["events"], signal?: AbortSignal): Promise<LearnedModel>;
}
