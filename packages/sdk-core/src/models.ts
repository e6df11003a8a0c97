import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type ActivateModelRequestSchema,
  type CanaryModelRequestSchema,
  type DownloadModelFileRequestSchema,
  type DownloadModelFileResponse,
  type EncodedMovie,
  type GetModelRequestSchema,
  type ListModelsResponse,
  type ListMovieVectorsRequestSchema,
  type ListMovieVectorsResponse,
  type Model,
  ModelService,
  type RegisterModelRequestSchema,
  type RollBackModelRequestSchema,
  type ShadowModelRequestSchema,
} from "./api.js";
import type { CallOptions } from "./call-options.js";
import { type Caller, once } from "./caller.js";
import type { Page } from "./page.js";

/** Reads and changes which models match. */
export interface ModelsClient {
  /** Lists the registered models, newest first. */
  list(options?: CallOptions): Promise<ListModelsResponse>;

  /** Returns a model. Rejects with `MODEL_NOT_FOUND`. */
  get(request: MessageInitShape<typeof GetModelRequestSchema>, options?: CallOptions): Promise<Model>;

  /** Registers a taste model whose files have been uploaded. Never retried. Rejects with `MODEL_REFUSED`, `MODEL_EXISTS`. */
  register(request: MessageInitShape<typeof RegisterModelRequestSchema>, options?: CallOptions): Promise<Model>;

  /** Makes a model the one that matches. */
  activate(request: MessageInitShape<typeof ActivateModelRequestSchema>, options?: CallOptions): Promise<Model>;

  /** Gives a model a share of the traffic beside the active one; 0 ends it. */
  canary(request: MessageInitShape<typeof CanaryModelRequestSchema>, options?: CallOptions): Promise<Model>;

  /** Has a model rank every match unseen, to be compared with the one that answers. */
  shadow(request: MessageInitShape<typeof ShadowModelRequestSchema>, options?: CallOptions): Promise<Model>;

  /** Takes back the canary or the last activation. Never retried: a second call would go back one more. */
  rollBack(request: MessageInitShape<typeof RollBackModelRequestSchema>, options?: CallOptions): Promise<Model>;

  /** Streams a file of a registered model. */
  downloadFile(
    request: MessageInitShape<typeof DownloadModelFileRequestSchema>,
    options?: CallOptions,
  ): AsyncIterable<DownloadModelFileResponse>;

  /** Lists the vectors that the text encoder has made of the movies, for training on them. */
  listMovieVectors(
    request?: MessageInitShape<typeof ListMovieVectorsRequestSchema>,
    options?: CallOptions,
  ): Page<ListMovieVectorsResponse, EncodedMovie>;
}

/** Makes the calls of ModelService. */
export function modelsClient(caller: Caller): ModelsClient {
  const rpc = ModelService.method;
  return {
    list: (options) => caller.unary(rpc.listModels, {}, options),
    get: (request, options) => caller.unary(rpc.getModel, request, options),
    register: (request, options) => caller.unary(rpc.registerModel, request, options),
    activate: (request, options) => caller.unary(rpc.activateModel, request, options),
    canary: (request, options) => caller.unary(rpc.canaryModel, request, options),
    shadow: (request, options) => caller.unary(rpc.shadowModel, request, options),
    rollBack: (request, options) => caller.unary(rpc.rollBackModel, request, options),
    downloadFile: (request, options) => caller.stream(rpc.downloadModelFile, once(request), options),
    listMovieVectors: (request = {}, options) =>
      caller.page(rpc.listMovieVectors, request, ({ movies }) => movies, options),
  };
}
