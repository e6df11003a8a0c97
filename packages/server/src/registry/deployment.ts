import { ErrorReason } from "@cinedeepmatch/contract";
import { ServiceError } from "../matching/service-error.js";
import { type ModelRef, modelKey } from "../matching/taste-models.js";
import type { RecordedChange } from "./recorded-change.js";

/** Which of a tenant's models are in use. */
export interface Deployment {
  /** Undefined where taste is likeness of content. */
  readonly active: ModelRef | undefined;
  readonly canary: (ModelRef & { readonly share: number }) | undefined;
  readonly shadow: ModelRef | undefined;
  /** What was active before, latest first; null stands for likeness of content. */
  readonly before: readonly (ModelRef | null)[];
}

/** What comes after a deployment, and the record of it. */
export interface DeploymentChange {
  readonly next: Deployment;
  readonly record: RecordedChange;
}

/** Who does something, when, and where the server does it, why. */
export interface Doing {
  readonly subject: string;
  readonly at: number;
  readonly reason: string;
}

/** Before anything was done. */
export const NOTHING_DEPLOYED: Deployment = { active: undefined, canary: undefined, shadow: undefined, before: [] };

/** Nobody goes back further. */
const MOST_BEFORE = 20;

/** Makes a model the active one; it is no canary or shadow any more. Undefined when it is active already. */
export function activate(current: Deployment, model: ModelRef, doing: Doing): DeploymentChange | undefined {
  if (isSame(current.active, model) && !isSame(current.canary, model)) return undefined;
  const next = {
    active: model,
    canary: isSame(current.canary, model) ? undefined : current.canary,
    shadow: isSame(current.shadow, model) ? undefined : current.shadow,
    before: isSame(current.active, model)
      ? current.before
      : [current.active ?? null, ...current.before].slice(0, MOST_BEFORE),
  };
  return { next, record: { action: "activate", model, share: 1, ...doing } };
}

/** Gives a model a share of the traffic, or with none ends its canary. */
export function canary(
  current: Deployment,
  model: ModelRef,
  share: number,
  doing: Doing,
): DeploymentChange | undefined {
  if (share === 0 && !isSame(current.canary, model)) return undefined;
  const next = {
    ...current,
    canary: share === 0 ? undefined : { ...model, share },
    shadow: isSame(current.shadow, model) ? undefined : current.shadow,
  };
  return { next, record: { action: "canary", model, share, ...doing } };
}

/** Has a model rank unseen, or ends that. */
export function shadow(
  current: Deployment,
  model: ModelRef,
  stop: boolean,
  doing: Doing,
): DeploymentChange | undefined {
  if (stop === !isSame(current.shadow, model)) return undefined;
  const next = { ...current, shadow: stop ? undefined : model };
  return { next, record: { action: "shadow", model, share: 0, ...doing, reason: stop ? "stopped" : doing.reason } };
}

/**
 * Takes back the canary where there is one, otherwise the active model for the one before. NO_MODEL_BEFORE.
 *
 * @param only the model that must still be the one in question; nothing is done where it is not
 */
export function rollBack(current: Deployment, doing: Doing, only?: ModelRef): DeploymentChange | undefined {
  const wrong = current.canary ?? current.active;
  if (only !== undefined && !isSame(wrong, only)) return undefined;
  if (current.canary !== undefined) {
    const { name, version } = current.canary;
    const record = { action: "roll-back", model: { name, version }, share: 0, ...doing } as const;
    return { next: { ...current, canary: undefined }, record };
  }
  const [previous, ...before] = current.before;
  if (previous === undefined) {
    throw new ServiceError(ErrorReason.NO_MODEL_BEFORE, "No model was active before: there is nothing to go back to.");
  }
  const next = { ...current, active: previous ?? undefined, before };
  return { next, record: { action: "roll-back", model: current.active, share: 0, ...doing } };
}

/** Whether two names are of the same model. */
export function isSame(left: ModelRef | undefined | null, right: ModelRef | undefined | null): boolean {
  if (!left || !right) return !left && !right;
  return modelKey(left) === modelKey(right);
}

/** The models that must be ready. */
export function modelsInUse({ active, canary: trial, shadow: unseen }: Deployment): ModelRef[] {
  const all = [active, trial, unseen].filter((model) => model !== undefined);
  return [...new Map(all.map(({ name, version }) => [`${name}@${version}`, { name, version }])).values()];
}
