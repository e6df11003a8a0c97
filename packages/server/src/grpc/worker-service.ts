import { createReadStream } from "node:fs";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Claims } from "@cinedeepmatch/auth";
import { ErrorReason } from "@cinedeepmatch/contract";
import type {
  GetModelFileResponseSchema,
  WatchCatalogResponseSchema,
  WorkerService,
} from "@cinedeepmatch/contract/worker";
import type { ServiceImpl } from "@connectrpc/connect";
import type { CatalogStore, StoredChange } from "../matching/catalog-store.js";
import { ServiceError } from "../matching/service-error.js";
import { callerOf } from "./call-context.js";
import type { WorkerRegistry } from "./worker-registry.js";

const CHANGES_PER_MESSAGE = 250;
/** Writes announce themselves; this is for those of other processes, and for announcements that went missing. */
const LOOK_AGAIN_MS = 1_000;

/** Serves model workers: the catalogue feed, model files and the vectors that come back. */
export function createWorkerService(ports: {
  catalog: CatalogStore;
  registry: WorkerRegistry;
  /** The path of an allowed model file, by the SHA-256 of its content. */
  modelFile: (sha256: string) => string | undefined;
}): ServiceImpl<typeof WorkerService> {
  const { catalog, registry } = ports;
  return {
    heartbeat(request, context) {
      registry.heartbeat(request.workerId, request.ready);
      return { drain: false, tenant: callerOf(context).tenant };
    },

    async *watchCatalog(request, context): AsyncGenerator<MessageInitShape<typeof WatchCatalogResponseSchema>> {
      const tenant = tenantOf(callerOf(context), request.tenant);
      const news = new Bell();
      const stopListening = catalog.onWrite(() => news.ring());
      context.signal.addEventListener("abort", () => news.ring());
      try {
        let revision = request.afterRevision;
        let caughtUp = false;
        while (!context.signal.aborted) {
          const found = await catalog.changesAfter(tenant, revision, request.modelVersion, CHANGES_PER_MESSAGE);
          const more = found.changes.length === CHANGES_PER_MESSAGE;
          const announce: boolean = !caughtUp && !more;
          caughtUp ||= announce;
          if (found.changes.length > 0 || announce) {
            yield { changes: found.changes.map(toChange), revision: found.revision, caughtUp };
          }
          revision = found.revision;
          if (!more) await news.wait(LOOK_AGAIN_MS);
        }
      } finally {
        stopListening();
      }
    },

    async storeVectors(request, context) {
      const vectors = request.vectors.map(({ movieId, textDigest, vector }) => ({ movieId, textDigest, vector }));
      const tenant = tenantOf(callerOf(context), request.tenant);
      const storedCount = await catalog.storeVectors(tenant, request.modelVersion, vectors);
      return { storedCount };
    },

    async *getModelFile(request): AsyncGenerator<MessageInitShape<typeof GetModelFileResponseSchema>> {
      const path = ports.modelFile(request.sha256);
      if (path === undefined)
        throw new ServiceError(ErrorReason.MODEL_NOT_FOUND, "No model has a file with this digest.");
      for await (const chunk of createReadStream(path)) yield { chunk: chunk as Uint8Array<ArrayBuffer> };
    },
  };
}

/** Workers of this tenant are the deployment's own and serve all tenants. */
const OPERATOR_TENANT = "default";

/** The tenant that a worker works for. TENANT_MISMATCH. */
function tenantOf(claims: Claims, requested: string): string {
  if (requested === "" || requested === claims.tenant) return claims.tenant;
  if (claims.tenant === OPERATOR_TENANT) return requested;
  throw new ServiceError(ErrorReason.TENANT_MISMATCH, "The worker's token belongs to another tenant.");
}

function toChange({ movieId, movie, vector }: StoredChange) {
  return {
    movieId,
    deleted: movie === undefined,
    ...(movie && { movie }),
    ...(vector && { vector: vector as Uint8Array<ArrayBuffer> }),
  };
}

/** Something to wait for that may ring before one waits. */
class Bell {
  #rung = false;
  #wake: () => void = () => {};

  ring(): void {
    this.#rung = true;
    this.#wake();
  }

  async wait(ms: number): Promise<void> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#rung = false;
  }
}
