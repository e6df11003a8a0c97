import { Counter, Histogram, type Registry } from "prom-client";
import type { ModelMeasurements } from "../matching/measurements.js";
import type { ModelRef } from "../matching/taste-models.js";
import { LATENCY_BUCKETS } from "./buckets.js";

/** What judges taste while no registered model does. */
const CONTENT = { model: "content", version: "" };
const SHARE_BUCKETS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** Shows in a registry how the models fare that judge taste: side by side those that answer and those that are tried. */
export function createModelMetrics(registry: Registry): ModelMeasurements {
  const registers = [registry];
  const labelNames = ["model", "version", "role"] as const;
  const seconds = new Histogram({
    name: "cinedeepmatch_taste_seconds",
    help: "How long ranking by taste took, by the model that judged it.",
    labelNames,
    buckets: LATENCY_BUCKETS,
    registers,
  });
  const failures = new Counter({
    name: "cinedeepmatch_taste_failures_total",
    help: "How often a registered model failed. The match was answered without it.",
    labelNames: ["model", "version"],
    registers,
  });
  const agreement = new Histogram({
    name: "cinedeepmatch_shadow_agreement",
    help: "How much of a page a shadow had in common with the model that answered.",
    labelNames: ["model", "version"],
    buckets: SHARE_BUCKETS,
    registers,
  });
  return {
    tasteEnded({ answered, ms, failed, shadows }) {
      if (ms !== undefined) seconds.observe({ ...labelsOf(answered), role: "answer" }, ms / 1_000);
      for (const model of failed) failures.inc(labelsOf(model));
      for (const shadow of shadows) {
        seconds.observe({ ...labelsOf(shadow.model), role: "shadow" }, shadow.ms / 1_000);
        agreement.observe(labelsOf(shadow.model), shadow.agreement);
      }
    },
  };
}

function labelsOf(model: ModelRef | undefined) {
  return model === undefined ? CONTENT : { model: model.name, version: model.version };
}
