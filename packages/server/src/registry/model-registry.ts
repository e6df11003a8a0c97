import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { ErrorReason, type Model, ModelKind, ModelSchema, ModelState } from "@cinedeepmatch/contract";
import { fieldInvalid, ServiceError } from "../matching/service-error.js";
import { type ModelRef, modelKey } from "../matching/taste-models.js";
import { type ContentModelFacts, checkModel } from "./check-model.js";
import { activate, canary, type Deployment, type Doing, isSame, modelsInUse, rollBack, shadow } from "./deployment.js";
import type { Deployments } from "./deployments.js";
import type { ModelFiles } from "./model-files.js";
import type { ModelStore } from "./model-store.js";
import type { RecordedChange } from "./recorded-change.js";

/** What a {@link ModelRegistry} is made of. */
export interface ModelRegistryOptions {
  readonly store: ModelStore;
  readonly files: ModelFiles;
  readonly deployments: Deployments;
  /** The text encoder that taste models must be made for. */
  readonly contentModel: ContentModelFacts;
}

/** A tenant has no use for more. */
const MOST_MODELS = 200;
const HISTORY = 50;

/** Keeps a tenant's models and says which of them are in use. */
export class ModelRegistry {
  readonly #options: ModelRegistryOptions;

  constructor(options: ModelRegistryOptions) {
    this.#options = options;
  }

  /** Adds a model whose files are there. MODEL_REFUSED with everything that is wrong with it, MODEL_EXISTS. */
  async register(tenant: string, given: Model, subject: string): Promise<Model> {
    const { store, files, contentModel } = this.#options;
    const violations = await checkModel(given, { contentModel, read: (sha256) => files.read(tenant, sha256) });
    if (violations.length > 0) {
      const message = `The model breaks the contract: ${violations.map(({ description }) => description).join("; ")}`;
      throw new ServiceError(ErrorReason.MODEL_REFUSED, message.slice(0, 2_000), { violations });
    }
    const known = await store.list(tenant);
    if (known.length >= MOST_MODELS) throw fieldInvalid("model", `a tenant has at most ${MOST_MODELS} models`);
    const at = Date.now();
    const model = create(ModelSchema, {
      ...given,
      state: ModelState.REGISTERED,
      createTime: timestampFromMs(at),
      trafficShare: 0,
      readyWorkerCount: 0,
      failure: "",
      traffic: undefined,
    });
    const { name, version } = model;
    const record = { action: "register", model: { name, version }, share: 0, subject, reason: "", at } as const;
    if (await store.register(tenant, model, record)) return model;
    throw new ServiceError(ErrorReason.MODEL_EXISTS, `There is a model "${name}" of version "${version}" already.`);
  }

  /** A tenant's models, newest first, with what they are used for. */
  async list(tenant: string): Promise<Model[]> {
    const [models, deployment] = await Promise.all([this.#options.store.list(tenant), this.#deployment(tenant)]);
    return models.map((model) => withState(model, deployment));
  }

  /** One of them; undefined where there is no such one. */
  async find(tenant: string, { name, version }: ModelRef): Promise<Model | undefined> {
    const model = await this.#options.store.get(tenant, name, version);
    return model && withState(model, await this.#deployment(tenant));
  }

  /**
   * The models that workers must have ready, and a key that changes with them.
   *
   * @param known the key of what the caller has; undefined comes back while that is still right
   */
  async inUse(tenant: string, known?: string): Promise<{ key: string; models: Model[] } | undefined> {
    const deployment = await this.#options.deployments.get(tenant);
    const { active, canary: trial, shadow: unseen } = deployment;
    const key = JSON.stringify([active, trial, unseen]);
    if (key === known) return undefined;
    const refs = modelsInUse(deployment);
    const models = await Promise.all(refs.map(({ name, version }) => this.#options.store.get(tenant, name, version)));
    return { key, models: models.flatMap((model) => (model === undefined ? [] : [withState(model, deployment)])) };
  }

  /** What was done lately. */
  history(tenant: string): Promise<RecordedChange[]> {
    return this.#options.store.history(tenant, HISTORY);
  }

  /** Makes a model the one that matches. MODEL_NOT_FOUND. */
  async activate(tenant: string, model: ModelRef, subject: string): Promise<Model> {
    await this.#require(tenant, model);
    await this.#options.deployments.change(tenant, (current) => activate(current, model, by(subject)));
    return this.#require(tenant, model);
  }

  /** Gives a model a share of the traffic. MODEL_NOT_FOUND. */
  async canary(tenant: string, model: ModelRef, share: number, subject: string): Promise<Model> {
    await this.#require(tenant, model);
    const { active } = await this.#options.deployments.get(tenant);
    if (isSame(active, model)) throw fieldInvalid("name", "this model answers all matches already");
    await this.#options.deployments.change(tenant, (current) => canary(current, model, share, by(subject)));
    return this.#require(tenant, model);
  }

  /** Has a model rank unseen. MODEL_NOT_FOUND. */
  async shadow(tenant: string, model: ModelRef, stop: boolean, subject: string): Promise<Model> {
    await this.#require(tenant, model);
    await this.#options.deployments.change(tenant, (current) => shadow(current, model, stop, by(subject)));
    return this.#require(tenant, model);
  }

  /** Takes back the last change; undefined when no registered model answers then. NO_MODEL_BEFORE. */
  async rollBack(tenant: string, subject: string): Promise<Model | undefined> {
    const { active } = await this.#options.deployments.change(tenant, (current) => rollBack(current, by(subject)));
    return active && this.#require(tenant, active);
  }

  /** The pieces of a model's file. MODEL_NOT_FOUND. */
  async *file(tenant: string, model: ModelRef, name: string): AsyncGenerator<Uint8Array> {
    const { files } = await this.#require(tenant, model);
    const found = files.find((file) => file.name === name);
    if (found === undefined) throw notFound(model, `has no file "${name}"`);
    yield* this.#options.files.stream(tenant, found.sha256);
  }

  /** Afresh, because whoever looks at models has just changed them, maybe at another server. */
  #deployment(tenant: string): Promise<Deployment> {
    return this.#options.store.deployment(tenant);
  }

  async #require(tenant: string, model: ModelRef): Promise<Model> {
    const found = await this.find(tenant, model);
    if (found !== undefined) return found;
    throw notFound(model, "is not registered");
  }
}

function notFound(model: ModelRef, what: string): ServiceError {
  return new ServiceError(ErrorReason.MODEL_NOT_FOUND, `The model ${modelKey(model)} ${what}.`);
}

function by(subject: string): Doing {
  return { subject, at: Date.now(), reason: "" };
}

function withState(model: Model, { active, canary: trial, shadow: unseen }: Deployment): Model {
  const share = trial?.share ?? 0;
  const [state, trafficShare] = isSame(model, trial)
    ? [ModelState.CANARY, share]
    : isSame(model, active)
      ? [ModelState.ACTIVE, 1 - share]
      : [isSame(model, unseen) ? ModelState.SHADOW : ModelState.REGISTERED, 0];
  return create(ModelSchema, { ...model, kind: model.kind || ModelKind.TASTE_ENCODER, state, trafficShare });
}
