import type { Progress, ProgressTask } from "../../importing/progress.js";
import type { LearnProgress } from "../../learning/index.js";

const LABELS: Readonly<Record<LearnProgress["phase"], string>> = {
  reading: "Reading ",
  counting: "Counting",
  training: "Training",
  fitting: "Fitting ",
  writing: "Writing ",
};

const ITEMS: Readonly<Record<LearnProgress["phase"], string>> = {
  reading: "events",
  counting: "tables",
  training: "steps",
  fitting: "cases",
  writing: "files",
};

/** Shows a person how far learning is, phase by phase. */
export function showLearning(progress: Progress): (step: LearnProgress) => void {
  let phase: LearnProgress["phase"] | undefined;
  let task: ProgressTask | undefined;
  return (step) => {
    if (step.phase !== phase) {
      task?.end();
      phase = step.phase;
      task = progress.begin(LABELS[step.phase], ITEMS[step.phase], step.total ?? 0);
    }
    task?.update(step.done, step.done, step.total ?? 0);
    if (step.phase !== "writing") return;
    task?.end();
    phase = undefined;
    task = undefined;
  };
}
