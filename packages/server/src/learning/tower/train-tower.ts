import { TowerTrainer, type TrainerOptions } from "./tower-trainer.js";
import type { TowerWeights } from "./tower-weights.js";
import { cutWindows } from "./windows.js";

/** How long, and how fast, a tower learns. */
export interface TrainingPlan extends TrainerOptions {
  readonly epochs: number;
  /** Ends earlier when this is over: milliseconds. */
  readonly mostMs?: number;
  /** Windows a step. */
  readonly batch: number;
  readonly rate: number;
  readonly onStep?: (done: number, total: number) => void;
  /** Told of the mean loss of each epoch. */
  readonly onEpoch?: (loss: number) => void;
  readonly signal?: AbortSignal;
}

const WARM_UP_STEPS = 100;
/** The last steps are this much smaller than the largest. */
const LAST_RATE = 0.03;

/** Lets the weights learn, in place. The rate falls along half a cosine to the end, whether that is steps or time. */
export async function trainTower(weights: TowerWeights, plan: TrainingPlan): Promise<void> {
  const { histories, batch, epochs, random, signal, mostMs = Number.POSITIVE_INFINITY } = plan;
  const trainer = await TowerTrainer.start(weights, plan);
  const startedAt = performance.now();
  let steps = 0;
  let spent = 0;
  try {
    for (let epoch = 0; epoch < epochs && spent < 1; epoch++) {
      const windows = cutWindows(histories, weights.shape.window, random);
      const total = Math.ceil(windows.length / batch);
      let sum = 0;
      let count = 0;
      for (let from = 0; from < windows.length && spent < 1; from += batch) {
        signal?.throwIfAborted();
        const passed = (epoch + from / windows.length) / epochs;
        spent = (performance.now() - startedAt) / mostMs;
        sum += await trainer.step(
          windows.slice(from, from + batch),
          plan.rate * pace(++steps, Math.max(passed, spent)),
        );
        count++;
        // Each epoch is cut anew, so its steps are as many as the others' only nearly.
        plan.onStep?.(epoch * total + count, epochs * total);
      }
      plan.onEpoch?.(sum / count);
    }
  } finally {
    await trainer.close();
  }
}

function pace(step: number, passed: number): number {
  const fall = LAST_RATE + ((1 - LAST_RATE) * (1 + Math.cos(Math.PI * Math.min(1, passed)))) / 2;
  return Math.min(1, step / WARM_UP_STEPS) * fall;
}
