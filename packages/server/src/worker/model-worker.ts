import { randomUUID } from "node:crypto";
import type { KeyRing } from "@cinedeepmatch/auth";
import { WorkerService } from "@cinedeepmatch/contract/worker";
import { createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import type { EncodeReply, MatchReply, Work } from "../matching/match-work.js";
import type { Inference } from "../onnx/inference.js";
import { Consumer, type WorkContext } from "../queue/consumer.js";
import type { QueueBackend } from "../queue/queue-backend.js";
import { CatalogFeed } from "./catalog-feed.js";
import { CatalogReplica } from "./catalog-replica.js";
import { encodeTexts } from "./encode-texts.js";
import { startHeartbeat } from "./heartbeat.js";
import { QueryEncoder } from "./query-encoder.js";
import { rankMovies } from "./rank-movies.js";

/** What a model worker is made of. It has no access to any store. */
export interface ModelWorkerOptions {
  /** The gRPC server's address. */
  readonly grpcUrl: string;
  /** A token of the model audience, asked for with each call. */
  readonly token: () => string | Promise<string>;
  /** Opens tickets. */
  readonly ring: KeyRing<"model">;
  readonly backend: QueueBackend;
  readonly inference: Inference;
  readonly model: { readonly name: string; readonly version: string };
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void };
}

/** A running model worker. */
export interface ModelWorker {
  /** Finishes what it has taken and stops. */
  close(): Promise<void>;
}

/** Starts a worker; resolves once it holds the catalogue and takes matches. */
export async function startModelWorker(options: ModelWorkerOptions): Promise<ModelWorker> {
  const { inference, model, log } = options;
  const authenticate: Interceptor = (next) => async (request) => {
    request.header.set("authorization", `Bearer ${await options.token()}`);
    return next(request);
  };
  const transport = createGrpcTransport({ baseUrl: options.grpcUrl, interceptors: [authenticate] });
  const client = createClient(WorkerService, transport);
  const modelVersion = modelVersionOf(model);
  const replica = new CatalogReplica(inference.dimension);
  const encoder = new QueryEncoder(inference);

  let ready = false;
  const workerId = `worker-${randomUUID()}`;
  const apply = (message: { changes: Parameters<CatalogReplica["apply"]>[0][] }) => {
    for (const change of message.changes) replica.apply(change);
  };
  const feed = new CatalogFeed({ client, modelVersion, apply, log });
  const heartbeat = startHeartbeat(client, () => ({ workerId, revision: feed.revision, ready }));
  await feed.caughtUp();

  const handle = async (work: Work, context: WorkContext): Promise<MatchReply | EncodeReply> => {
    const { signal, queueMs } = context;
    signal.throwIfAborted();
    if (work.kind === "encode") return encodeTexts(work, { inference, client, modelVersion }, signal);
    const { encodeMs, rankMs, ...ranked } = await rankMovies(work, { replica, inference, encoder }, signal);
    return { ...ranked, model, timings: { queueMs, encodeMs, rankMs } };
  };
  const consumer = new Consumer({ backend: options.backend, ring: options.ring, model: modelVersion, handle, log });
  await consumer.ready();
  ready = true;
  await heartbeat.beat();

  return {
    async close() {
      ready = false;
      await heartbeat.beat();
      await consumer.close();
      heartbeat.stop();
      await feed.close();
    },
  };
}

/** What tickets, vectors and the feed are bound to: vectors of different models or versions never meet. */
export function modelVersionOf(model: { readonly name: string; readonly version: string }): string {
  return `${model.name}@${model.version}`;
}
