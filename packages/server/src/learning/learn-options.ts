import type { LearningEvent, LearningMovie } from "./activity.js";

/** What learning does at the moment, and how far it is. */
export interface LearnProgress {
  readonly phase: "reading" | "counting" | "training" | "fitting" | "writing";
  /** Events read, movies counted, or steps trained. */
  readonly done: number;
  /** Undefined while it is not known. */
  readonly total: number | undefined;
}

/** What a model is to tell: the movie that comes next, or all those that a user would like beside those known. */
export type LearningGoal = "next" | "rest";

/** How a model is learned. Only the first four have to be given. */
export interface LearnOptions {
  readonly name: string;
  readonly version: string;
  /** The text encoder whose vectors the movies have. */
  readonly contentModel: { readonly name: string; readonly version: string; readonly dimension: number };
  /** SPDX identifier, or words, for what was learned from this activity; it goes into the manifest. */
  readonly licence: string;
  /** "next" unless told. */
  readonly goal?: LearningGoal;
  /** Equal seeds, data and options give equal models, unless `minutes` is given; 1 unless told. */
  readonly seed?: number;
  /** How often the taste tower reads all activity; 0 leaves it out. 12 unless told. */
  readonly epochs?: number;
  /** Ends the training of the taste tower after so many minutes at the latest; what it has then is used. */
  readonly minutes?: number;
  /** CPU threads; 2 unless told. */
  readonly threads?: number;
  /** Length of a behavioural vector; 64 unless told. */
  readonly width?: number;
  /** The most recent events that count at all, those that the tower looks at among them; 200 unless told. */
  readonly maxEvents?: number;
  /** Events that the taste tower looks at; 50 unless told. */
  readonly window?: number;
  /**
   * Whether, once the shares of the channels are fitted on events held out, these are counted too. true unless told;
   * an evaluation that wants nothing of them in the model says false.
   */
  readonly recount?: boolean;
}

/** Everything that learning needs. It reads no store and no network, and writes no file. */
export interface LearnRequest {
  /** Activity in batches of any size, in any order; 20 bytes an event are kept. */
  readonly events: AsyncIterable<readonly LearningEvent[]>;
  /** The movies with their vectors, in batches. Events with other movies are left out. */
  readonly movies: AsyncIterable<readonly LearningMovie[]>;
  readonly options: LearnOptions;
  readonly onProgress?: (progress: LearnProgress) => void;
  /** Aborting it rejects with its reason after the step under way. */
  readonly signal?: AbortSignal;
}
