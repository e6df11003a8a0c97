/** Names a registered model. */
export interface ModelRef {
  readonly name: string;
  readonly version: string;
}

/** A model's name and version in one word. */
export function modelKey({ name, version }: ModelRef): string {
  return `${name}@${version}`;
}

/** Which registered models take part in one match. */
export interface TasteChoice {
  /** Judges the taste; undefined for likeness of content, which needs no registered model. */
  readonly answers: ModelRef | undefined;
  /** Ranks as well, unseen. */
  readonly shadow: ModelRef | undefined;
}

/** How the models of one match fared. */
export interface TasteOutcome {
  /** The model that judged the taste; undefined for likeness of content. */
  readonly answered: ModelRef | undefined;
  /** How long ranking with it took; undefined when there is no answer. */
  readonly ms: number | undefined;
  /** The models that failed; the match went on without them. */
  readonly failed: readonly ModelRef[];
  /** How shadows fared since the last answer; they are not waited for. */
  readonly shadows: readonly ShadowOutcome[];
}

/** How the model fared that ranked unseen. */
export interface ShadowOutcome {
  readonly model: ModelRef;
  readonly ms: number;
  /** How much of the page it had in common with the answer, from 0 to 1. */
  readonly agreement: number;
}

/** Says which registered models take part in matches, and hears how they fared. */
export interface TasteModels {
  /** @param key of whoever asks: the same key gets the same model for as long as nothing is changed */
  choose(tenant: string, key: string): Promise<TasteChoice>;
  /** Returns at once and never throws. */
  ended(tenant: string, outcome: TasteOutcome): void;
}
