import type { MessageInitShape } from "@bufbuild/protobuf";
import { ErrorReason, type ModelSchema, type ModelService } from "@cinedeepmatch/contract";
import type { ServiceImpl } from "@connectrpc/connect";
import { ServiceError } from "../matching/service-error.js";

/** A model as the API shows it. */
export type PublicModel = MessageInitShape<typeof ModelSchema>;

/** Serves the list of the models in use; registering and activating models is not served yet. */
export function createModelService(ports: {
  models: readonly PublicModel[];
}): Partial<ServiceImpl<typeof ModelService>> {
  return {
    listModels: () => ({ models: [...ports.models] }),

    getModel(request) {
      const model = ports.models.find(({ name, version }) => name === request.name && version === request.version);
      if (model !== undefined) return model;
      throw new ServiceError(
        ErrorReason.MODEL_NOT_FOUND,
        `There is no model "${request.name}" of version "${request.version}".`,
      );
    },
  };
}
