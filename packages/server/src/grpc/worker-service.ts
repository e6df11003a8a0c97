import { createReadStream } from "node:fs";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampNow } from "@bufbuild/protobuf/wkt";
import type { Claims } from "@cinedeepmatch/auth";
import { ErrorReason } from "@cinedeepmatch/contract";
import type {
  GetModelFileResponseSchema,
  WatchCatalogRequest,
  WatchCatalogResponseSchema,
  WorkerService,
} from "@cinedeepmatch/contract/worker";
import type { ServiceImpl } from "@connectrpc/connect";
import type { CatalogStore, StoredChange, StoredChanges } from "../matching/catalog-store.js";
import { ServiceError } from "../matching/service-error.js";
import type { Deployments } from "../registry/deployments.js";
import type { ModelRegistry } from "../registry/model-registry.js";
import { callerOf } from "./call-context.js";
import type { WorkerRegistry } from "./worker-registry.js";

const CHANGES_PER_MESSAGE = 250;
/** Writes announce themselves; this is for those of other processes, and for announcements that went missing. */
const LOOK_AGAIN_MS = 1_000;

/** What workers are served from. */
export interface WorkerPorts {
  readonly catalog: CatalogStore;
  readonly registry: WorkerRegistry;
  /** The path of a file of a model that ships with the server, by the SHA-256 of its content. */
  readonly modelFile: (sha256: string) => string | undefined;
  /** The bytes of a file of a tenant's own model. MODEL_NOT_FOUND. */
  readonly tenantFile: (tenant: string, sha256: string) => AsyncIterable<Uint8Array>;
  readonly models: Pick<ModelRegistry, "inUse">;
  readonly deployments: Pick<Deployments, "onChange" | "takeBack">;
}

/** Serves model workers: the catalogue feed, model files and the vectors that come back. */
export function createWorkerService(ports: WorkerPorts): ServiceImpl<typeof WorkerService> {
  const { catalog, registry, deployments, models } = ports;
  return {
    heartbeat(request, context) {
      const caller = callerOf(context);
      const mine = request.models.filter(({ tenant }) => isServed(caller, tenant));
      registry.heartbeat(request.workerId, request.ready, mine);
      for (const { tenant, name, version, failure } of mine) {
        if (failure === "") continue;
        const reason = `a worker cannot load it: ${failure}`;
        void deployments.takeBack(tenant, { name, version }, reason);
      }
      return { drain: false, tenant: caller.tenant, serverTime: timestampNow() };
    },

    async *watchCatalog(request, context): AsyncGenerator<MessageInitShape<typeof WatchCatalogResponseSchema>> {
      const tenant = tenantOf(callerOf(context), request.tenant);
      const { modelVersion } = request;
      const news = new Bell();
      const stops = [catalog.onWrite(() => news.ring()), deployments.onChange(() => news.ring())];
      context.signal.addEventListener("abort", () => news.ring());
      try {
        let { catalogId } = await catalog.position(tenant);
        let revision = beginningOf(request, catalogId);
        let caughtUp = false;
        let modelsKey: string | undefined;
        const read = (after: bigint) => catalog.changesAfter(tenant, after, modelVersion, CHANGES_PER_MESSAGE);
        let next: Promise<StoredChanges> | undefined;
        while (!context.signal.aborted) {
          const found = await (next ?? read(revision));
          const more = found.changes.length === CHANGES_PER_MESSAGE;
          // Read while the worker takes in what was read before.
          next = more ? read(found.revision) : undefined;
          // Reported when it is awaited, unless nobody waits any more.
          next?.catch(() => {});
          const announce: boolean = !caughtUp && !more;
          caughtUp ||= announce;
          const inUse = await models.inUse(tenant, modelsKey);
          modelsKey = inUse?.key ?? modelsKey;
          if (found.changes.length > 0 || announce || inUse !== undefined) {
            // It is named with its first write.
            if (catalogId === "") ({ catalogId } = await catalog.position(tenant));
            const told = inUse && { models: { models: inUse.models } };
            yield { changes: found.changes.map(toChange), revision: found.revision, caughtUp, catalogId, ...told };
          }
          revision = found.revision;
          if (!more) await news.wait(LOOK_AGAIN_MS);
        }
      } finally {
        for (const stop of stops) stop();
      }
    },

    async storeVectors(request, context) {
      const vectors = request.vectors.map(({ movieId, textDigest, vector }) => ({ movieId, textDigest, vector }));
      const tenant = tenantOf(callerOf(context), request.tenant);
      const storedCount = await catalog.storeVectors(tenant, request.modelVersion, vectors);
      return { storedCount };
    },

    async *getModelFile(request, context): AsyncGenerator<MessageInitShape<typeof GetModelFileResponseSchema>> {
      const path = ports.modelFile(request.sha256);
      const tenant = tenantOf(callerOf(context), request.tenant);
      const chunks = path === undefined ? ports.tenantFile(tenant, request.sha256) : createReadStream(path);
      for await (const chunk of chunks) yield { chunk: chunk as Uint8Array<ArrayBuffer> };
    },
  };
}

/** Where a feed begins: what a worker holds of another catalogue is worth nothing. */
function beginningOf({ afterRevision, catalogId: held }: WatchCatalogRequest, catalogId: string): bigint {
  return held === "" || held === catalogId ? afterRevision : 0n;
}

/** Workers of this tenant are the deployment's own and serve all tenants. */
const OPERATOR_TENANT = "default";

/** Whether a worker may work for a tenant. */
function isServed(claims: Claims, tenant: string): boolean {
  return tenant === claims.tenant || claims.tenant === OPERATOR_TENANT;
}

/** The tenant that a worker works for. TENANT_MISMATCH. */
function tenantOf(claims: Claims, requested: string): string {
  if (requested === "") return claims.tenant;
  if (isServed(claims, requested)) return requested;
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
