import { collectDefaultMetrics, Gauge, Registry } from "prom-client";

/** The model that a process matches with. */
export interface ActiveModel {
  readonly name: string;
  readonly version: string;
}

/** A registry with what every role shows: Node's own metrics and, where it matches, the model that it matches with. */
export function openRegistry(model?: ActiveModel): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  if (model !== undefined) addModelInfo(registry, model);
  return registry;
}

function addModelInfo(registry: Registry, { name, version }: ActiveModel): void {
  const info = new Gauge({
    name: "cinedeepmatch_model_info",
    help: "Always 1; its labels name the model that is matched with.",
    labelNames: ["name", "version"] as const,
    registers: [registry],
  });
  info.set({ name, version }, 1);
}
