import type { Model } from "@cinedeepmatch/contract";
import type { Deployment, DeploymentChange } from "./deployment.js";
import type { TenantFile } from "./model-files.js";
import type { RecordedChange } from "./recorded-change.js";

/** Keeps which models there are and which are in use. Each adapter passes `stores/model-store.suite.ts`. */
export interface ModelStore {
  /** Adds a model; false when the tenant has one of this name and version. */
  register(tenant: string, model: Model, change: RecordedChange): Promise<boolean>;

  /** A tenant's models, newest first. */
  list(tenant: string): Promise<Model[]>;

  /** One model. */
  get(tenant: string, name: string, version: string): Promise<Model | undefined>;

  /** What is in use. */
  deployment(tenant: string): Promise<Deployment>;

  /**
   * Reads what is in use, lets `change` decide what comes after it (or throw), and writes that and its record, with
   * nothing in between. What decides that nothing changes records nothing.
   */
  change(tenant: string, change: (current: Deployment) => DeploymentChange | undefined): Promise<Deployment>;

  /** What was done, latest first. */
  history(tenant: string, limit: number): Promise<RecordedChange[]>;

  /** The files that the models of any tenant are made of; a tenant's file of which several models are made once. */
  files(): Promise<TenantFile[]>;
}
