import type { Histories } from "./activity.js";
import { type MixInputs, scoreCases, scoreMix } from "./fit-mix.js";
import type { LearnReport, Mix } from "./learned-model.js";

const NOTHING: Mix = { tower: 0, transitions: { scale: 0, decay: 1 }, together: { scale: 0, decay: 1 } };

/** How well the whole and its parts tell what was held out. The shares were chosen on the same cases. */
export function reportValidation(inputs: MixInputs, mix: Mix, train: Histories): LearnReport["validation"] {
  const counts = new Float64Array(inputs.towerScores[0]?.length ?? 0);
  for (const item of train.items) counts[item] = (counts[item] as number) + 1;
  return {
    model: scoreMix(inputs, mix),
    tower: scoreMix(inputs, { ...NOTHING, tower: 1 }),
    transitions: scoreMix(inputs, { ...NOTHING, transitions: { scale: 1, decay: mix.transitions.decay } }),
    popularity: scoreCases(inputs, () => counts),
  };
}
