import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type ActivateModelRequestSchema,
  type GetModelRequestSchema,
  type ListModelsResponse,
  type Model,
  ModelService,
  type RegisterModelRequestSchema,
  type RollBackModelRequestSchema,
} from "./api.js";
import type { CallOptions } from "./call-options.js";
import type { Caller } from "./caller.js";

/** Reads and changes which models match. */
export interface ModelsClient {
  /** Lists the registered models, newest first. */
  list(options?: CallOptions): Promise<ListModelsResponse>;

  /** Returns a model. Rejects with `MODEL_NOT_FOUND`. */
  get(request: MessageInitShape<typeof GetModelRequestSchema>, options?: CallOptions): Promise<Model>;

  /** Registers a model whose files are among the server's allowed ones. Never retried. */
  register(request: MessageInitShape<typeof RegisterModelRequestSchema>, options?: CallOptions): Promise<Model>;

  /** Makes a model the one that matches. */
  activate(request: MessageInitShape<typeof ActivateModelRequestSchema>, options?: CallOptions): Promise<Model>;

  /** Makes the model active that was active before. Never retried: a second call would go back one more. */
  rollBack(request: MessageInitShape<typeof RollBackModelRequestSchema>, options?: CallOptions): Promise<Model>;
}

/** Makes the calls of ModelService. */
export function modelsClient(caller: Caller): ModelsClient {
  const rpc = ModelService.method;
  return {
    list: (options) => caller.unary(rpc.listModels, {}, options),
    get: (request, options) => caller.unary(rpc.getModel, request, options),
    register: (request, options) => caller.unary(rpc.registerModel, request, options),
    activate: (request, options) => caller.unary(rpc.activateModel, request, options),
    rollBack: (request, options) => caller.unary(rpc.rollBackModel, request, options),
  };
}
