import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { DurationSchema, timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  ErrorReason,
  ListMovieVectorsRequestSchema,
  type Model,
  ModelAction,
  type ModelChangeSchema,
  ModelSchema,
  type ModelService,
  ModelTrafficSchema,
} from "@cinedeepmatch/contract";
import type { ServiceImpl } from "@connectrpc/connect";
import type { CatalogStore, StoredChange } from "../matching/catalog-store.js";
import { fieldInvalid, ServiceError } from "../matching/service-error.js";
import type { ContentModelFacts } from "../registry/check-model.js";
import type { Deployments } from "../registry/deployments.js";
import type { ModelFiles } from "../registry/model-files.js";
import type { ModelRegistry } from "../registry/model-registry.js";
import type { RecordedChange } from "../registry/recorded-change.js";
import { callerOf } from "./call-context.js";
import { pageTokens } from "./page-token.js";
import { receiveModelFile } from "./receive-model-file.js";
import { toDuration } from "./to-duration.js";
import type { WorkerRegistry } from "./worker-registry.js";

/** A model as the API shows it. */
export type PublicModel = MessageInitShape<typeof ModelSchema>;

/** What models are served from. */
export interface ModelPorts {
  /** Those that ship with the server; the first is the text encoder. */
  readonly shipped: readonly PublicModel[];
  readonly contentModel: ContentModelFacts;
  readonly registry: ModelRegistry;
  readonly deployments: Pick<Deployments, "traffic">;
  readonly files: ModelFiles;
  readonly workers: Pick<WorkerRegistry, "modelStatus">;
  readonly catalog: Pick<CatalogStore, "changesAfter">;
}

const ACTIONS: Readonly<Record<RecordedChange["action"], ModelAction>> = {
  register: ModelAction.REGISTER,
  activate: ModelAction.ACTIVATE,
  canary: ModelAction.CANARY,
  shadow: ModelAction.SHADOW,
  "roll-back": ModelAction.ROLL_BACK,
};
const DEFAULT_PAGE_SIZE = 500;

/** Serves the models: those that ship with the server, and each tenant's own. */
export function createModelService(ports: ModelPorts): ServiceImpl<typeof ModelService> {
  const { registry, shipped, files } = ports;
  const show = (tenant: string, model: Model) => withStatus(ports, tenant, model);
  return {
    async listModels(_request, context) {
      const { tenant } = callerOf(context);
      const [models, history] = await Promise.all([registry.list(tenant), registry.history(tenant)]);
      return { models: [...models.map((model) => show(tenant, model)), ...shipped], history: history.map(toChange) };
    },

    async getModel(request, context) {
      const { tenant } = callerOf(context);
      const own = await registry.find(tenant, request);
      if (own !== undefined) return show(tenant, own);
      const model = shipped.find(({ name, version }) => name === request.name && version === request.version);
      if (model !== undefined) return model;
      const message = `There is no model "${request.name}" of version "${request.version}".`;
      throw new ServiceError(ErrorReason.MODEL_NOT_FOUND, message);
    },

    uploadModelFile: (requests, context) => receiveModelFile(files, callerOf(context).tenant, requests),

    async registerModel({ model }, context) {
      const { tenant, subject } = callerOf(context);
      if (model === undefined) throw fieldInvalid("model", "is required");
      return show(tenant, await registry.register(tenant, model, subject));
    },

    async activateModel(request, context) {
      const { tenant, subject } = callerOf(context);
      return show(tenant, await registry.activate(tenant, request, subject));
    },

    async canaryModel(request, context) {
      const { tenant, subject } = callerOf(context);
      return show(tenant, await registry.canary(tenant, request, request.trafficShare, subject));
    },

    async shadowModel(request, context) {
      const { tenant, subject } = callerOf(context);
      return show(tenant, await registry.shadow(tenant, request, request.stop, subject));
    },

    async rollBackModel(_request, context) {
      const { tenant, subject } = callerOf(context);
      const model = await registry.rollBack(tenant, subject);
      return model === undefined ? (shipped[0] ?? {}) : show(tenant, model);
    },

    async *downloadModelFile(request, context) {
      const { tenant } = callerOf(context);
      for await (const chunk of registry.file(tenant, request, request.file)) {
        yield { chunk: chunk as Uint8Array<ArrayBuffer> };
      }
    },

    async listMovieVectors(request, context) {
      const { tenant } = callerOf(context);
      const { name, version } = ports.contentModel;
      const tokens = pageTokens(ListMovieVectorsRequestSchema, request);
      const limit = request.pageSize || DEFAULT_PAGE_SIZE;
      const after = BigInt(tokens.position ?? 0);
      const { changes, revision } = await ports.catalog.changesAfter(tenant, after, `${name}@${version}`, limit);
      const movies = changes.flatMap(encodedMovie);
      const nextPageToken = tokens.next(changes.length < limit ? undefined : String(revision));
      return { movies, nextPageToken, contentModel: ports.contentModel };
    },
  };
}

function encodedMovie({ movieId, movie, vector }: StoredChange) {
  if (movie === undefined || vector === undefined) return [];
  const { releaseYear, genres } = movie;
  return [{ movieId, vector: vector as Uint8Array<ArrayBuffer>, releaseYear, genres }];
}

function withStatus({ workers, deployments }: ModelPorts, tenant: string, model: Model): PublicModel {
  const { readyCount, failure } = workers.modelStatus(tenant, model);
  const { matches, failures, medianMs, p95Ms, agreement } = deployments.traffic(tenant, model);
  const traffic = {
    matchCount: BigInt(matches),
    failureCount: BigInt(failures),
    medianLatency: create(DurationSchema, toDuration(medianMs)),
    p95Latency: create(DurationSchema, toDuration(p95Ms)),
    agreement,
  };
  return create(ModelSchema, {
    ...model,
    readyWorkerCount: readyCount,
    failure,
    ...(matches > 0 && { traffic: create(ModelTrafficSchema, traffic) }),
  });
}

function toChange({
  action,
  model,
  share,
  subject,
  reason,
  at,
}: RecordedChange): MessageInitShape<typeof ModelChangeSchema> {
  return { action: ACTIONS[action], ...model, time: timestampFromMs(at), subject, reason, trafficShare: share };
}
