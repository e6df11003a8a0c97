import { type ModelRef, modelKey } from "../matching/taste-models.js";

const GONE_AFTER_MS = 10_000;

/** A model in a worker, as the worker tells it. */
interface ToldModel extends ModelRef {
  readonly tenant: string;
  /** Empty when it is ready. */
  readonly failure: string;
}

interface Worker {
  readonly ready: boolean;
  readonly seenAt: number;
  /** Of each model, why it could not be loaded. */
  readonly models: ReadonlyMap<string, string>;
}

/** Which model workers are alive and what they have loaded, by their heartbeats. */
export class WorkerRegistry {
  readonly #workers = new Map<string, Worker>();

  heartbeat(workerId: string, ready: boolean, models: readonly ToldModel[] = []): void {
    const told = new Map(models.map((model) => [keyOf(model.tenant, model), model.failure]));
    this.#workers.set(workerId, { ready, seenAt: Date.now(), models: told });
  }

  /** How many workers can answer matches. */
  readyCount(): number {
    return this.#alive().filter(({ ready }) => ready).length;
  }

  /** How many workers have a model ready, and what one says that could not load it. */
  modelStatus(tenant: string, model: ModelRef): { readyCount: number; failure: string } {
    const told = this.#alive().flatMap(({ models }) => models.get(keyOf(tenant, model)) ?? []);
    const failures = told.filter((failure) => failure !== "");
    return { readyCount: told.length - failures.length, failure: failures[0] ?? "" };
  }

  #alive(): Worker[] {
    const oldest = Date.now() - GONE_AFTER_MS;
    for (const [id, { seenAt }] of this.#workers) if (seenAt < oldest) this.#workers.delete(id);
    return [...this.#workers.values()];
  }
}

function keyOf(tenant: string, model: ModelRef): string {
  return JSON.stringify([tenant, modelKey(model)]);
}
