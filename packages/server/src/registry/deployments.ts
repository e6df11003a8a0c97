import {
  type ModelRef,
  modelKey,
  type TasteChoice,
  type TasteModels,
  type TasteOutcome,
} from "../matching/taste-models.js";
import { chooseModel } from "./choose-model.js";
import {
  type Deployment,
  type DeploymentChange,
  type Doing,
  isSame,
  NOTHING_DEPLOYED,
  rollBack,
} from "./deployment.js";
import { judgeBeside, judgeFailures } from "./judge-traffic.js";
import type { ModelStore } from "./model-store.js";
import { Traffic, type TrafficSummary } from "./traffic.js";

/** What {@link Deployments} are made of. */
export interface DeploymentsOptions {
  readonly store: ModelStore;
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
  /** Hears how every match fared, for the metrics. */
  readonly measure?: ((outcome: TasteOutcome) => void) | undefined;
  readonly now?: () => number;
}

interface Known {
  deployment: Deployment;
  /** When this server first saw that these models answer. */
  since: number;
  readAt: number;
  reading: Promise<Deployment> | undefined;
  judgedAt: number;
}

/** How long another server's change may go unnoticed. */
const READ_AGAIN_MS = 1_000;
const JUDGE_AGAIN_MS = 1_000;

/**
 * Which models are in use, as a server needs it for every match: from memory, at most a second old. It also watches how
 * they fare and takes back what does not do well.
 */
export class Deployments implements TasteModels {
  readonly #options: DeploymentsOptions;
  readonly #now: () => number;
  readonly #traffic: Traffic;
  readonly #known = new Map<string, Known>();
  readonly #listeners = new Set<() => void>();

  constructor(options: DeploymentsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#traffic = new Traffic(this.#now);
  }

  /** What a tenant uses now. While the store is away it is what was used before: matches do not fail for it. */
  async get(tenant: string): Promise<Deployment> {
    const known = this.#of(tenant);
    if (this.#now() - known.readAt < READ_AGAIN_MS) return known.deployment;
    known.reading ??= this.#read(tenant, known).finally(() => {
      known.reading = undefined;
    });
    return known.reading;
  }

  /** Changes what a tenant uses. */
  async change(tenant: string, change: (current: Deployment) => DeploymentChange | undefined): Promise<Deployment> {
    const deployment = await this.#options.store.change(tenant, change);
    this.#take(this.#of(tenant), deployment);
    for (const listener of this.#listeners) listener();
    return deployment;
  }

  /** Calls `listener` soon after each change made by this server. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** How a model fared since it answers as it does now. */
  traffic(tenant: string, model: ModelRef | undefined): TrafficSummary {
    return this.#traffic.summary(tenant, model);
  }

  async choose(tenant: string, key: string): Promise<TasteChoice> {
    return chooseModel(await this.get(tenant), tenant, key);
  }

  ended(tenant: string, outcome: TasteOutcome): void {
    this.#traffic.note(tenant, outcome);
    this.#options.measure?.(outcome);
    const known = this.#of(tenant);
    if (this.#now() - known.judgedAt < JUDGE_AGAIN_MS) return;
    known.judgedAt = this.#now();
    const verdict = this.#judge(tenant, known);
    if (verdict !== undefined) void this.takeBack(tenant, verdict.model, verdict.reason);
  }

  /** Takes a model back that does not do well, if it still answers. Never rejects. */
  async takeBack(tenant: string, model: ModelRef, reason: string): Promise<void> {
    const doing: Doing = { subject: "server", at: this.#now(), reason };
    const { log } = this.#options;
    try {
      const known = this.#of(tenant).deployment;
      if (!isSame(known.canary ?? known.active, model)) return;
      await this.change(tenant, (current) => rollBack(current, doing, model));
      log.warn({ tenant, model: modelKey(model), reason }, "a model was taken back");
    } catch (err) {
      log.warn({ tenant, model: modelKey(model), err }, "a model that does not do well could not be taken back");
    }
  }

  #judge(tenant: string, { deployment, since }: Known): { model: ModelRef; reason: string } | undefined {
    const { active, canary, before } = deployment;
    const [model, beside] = canary === undefined ? [active, before[0] ?? undefined] : [canary, active];
    // An active model that nothing came before has nothing to be taken back to.
    if (model === undefined || (canary === undefined && before.length === 0)) return undefined;
    const fared = this.#traffic.summary(tenant, model, since);
    // A canary stands beside the active model. What was active before had other load: its times say nothing of now.
    const reason =
      canary === undefined
        ? judgeFailures(fared, this.#traffic.summary(tenant, beside))
        : judgeBeside(fared, this.#traffic.summary(tenant, beside, since));
    return reason === undefined ? undefined : { model, reason };
  }

  #of(tenant: string): Known {
    const found = this.#known.get(tenant);
    if (found !== undefined) return found;
    const known: Known = {
      deployment: NOTHING_DEPLOYED,
      since: 0,
      readAt: Number.NEGATIVE_INFINITY,
      reading: undefined,
      judgedAt: 0,
    };
    this.#known.set(tenant, known);
    return known;
  }

  async #read(tenant: string, known: Known): Promise<Deployment> {
    try {
      this.#take(known, await this.#options.store.deployment(tenant));
    } catch (err) {
      known.readAt = this.#now();
      this.#options.log.warn({ tenant, err }, "the models in use cannot be read; those before go on");
    }
    return known.deployment;
  }

  #take(known: Known, deployment: Deployment): void {
    const { active, canary } = known.deployment;
    if (!isSame(active, deployment.active) || !isSame(canary, deployment.canary)) known.since = this.#now();
    known.deployment = deployment;
    known.readAt = this.#now();
  }
}
