import { randomUUID } from "node:crypto";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { KeyRing } from "@cinedeepmatch/auth";
import { WorkerService } from "@cinedeepmatch/contract/worker";
import { type Client, createClient, type Interceptor, type Transport } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { rankedState } from "../matching/match-work.js";
import type { MovieTexts } from "../matching/movie-texts.js";
import type { Tracing } from "../matching/tracing.js";
import type { Inference } from "../onnx/inference.js";
import { Consumer, type WorkHandler } from "../queue/consumer.js";
import type { QueueBackend } from "../queue/queue-backend.js";
import { encodeTexts } from "./encode-texts.js";
import { Heartbeat } from "./heartbeat.js";
import { loadTasteModel } from "./load-taste-model.js";
import { Permit } from "./permit.js";
import { QueryEncoder } from "./query-encoder.js";
import { rankWithModels } from "./rank-with-models.js";
import { ServerClock } from "./server-clock.js";
import { TenantReplicas, type TenantReplicasOptions } from "./tenant-replicas.js";
import { openWideSessions } from "./wide-sessions.js";

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
  /** What is indexed of a movie: the same as the server has encoded. */
  readonly texts: MovieTexts;
  readonly tracing?: Tracing | undefined;
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void };
}

/** How a worker is. */
export interface WorkerStatus {
  /** Whether it takes matches now. */
  readonly ready: boolean;
  /** How many tenants' catalogues it holds, and how many movies these have together. */
  readonly tenants: number;
  readonly movies: number;
  /** How far it has followed its own tenant's catalogue. */
  readonly revision: bigint;
}

/** A running model worker. */
export interface ModelWorker {
  status(): WorkerStatus;
  /** Finishes what it has taken and stops. */
  close(): Promise<void>;
}

/** How many texts are encoded in about the time of a match. */
const TEXTS_PER_MATCH = 8;

/** Starts a worker; resolves once it holds its own tenant's catalogue and takes matches, of all tenants. */
export async function startModelWorker(options: ModelWorkerOptions): Promise<ModelWorker> {
  const { model, backend, ring, log } = options;
  const client = createClient(WorkerService, openTransport(options));
  const workerId = `worker-${randomUUID()}`;
  const clock = new ServerClock({ log });
  const tenantKnown = Promise.withResolvers<string>();
  let ready = false;
  let replicas: TenantReplicas | undefined;
  let permit: Permit | undefined;

  const heartbeat = new Heartbeat({
    client,
    state: () => ({
      workerId,
      revision: replicas?.homeRevision ?? 0n,
      ready: ready && permit?.granted === true,
      models: replicas?.modelStatus() ?? [],
    }),
    accepted({ tenant, serverTime }, tookMs) {
      if (serverTime) clock.told(timestampMs(serverTime), tookMs);
      tenantKnown.resolve(tenant);
      permit?.grant();
    },
    refused: () => (permit ? permit.withdraw() : log.warn({}, "the server refuses this worker's token")),
  });
  const home = await tenantKnown.promise;
  const copies = openReplicas(options, client, home);
  replicas = copies;
  await copies.get(home);

  const handle = handleWork(options, client, copies);
  const now = () => clock.now();
  const taking = { ring, model: modelVersionOf(model), handle, now };
  const consumer = new Consumer({ backend, ...taking, tracing: options.tracing, log });
  await consumer.ready();
  permit = new Permit({ consumer, log });
  ready = true;
  await heartbeat.beat();

  return {
    status: () => ({
      ready: ready && permit?.granted === true,
      tenants: copies.size,
      movies: copies.movieCount,
      revision: copies.homeRevision,
    }),
    async close() {
      ready = false;
      await heartbeat.beat();
      await consumer.close();
      heartbeat.stop();
      await copies.close();
    },
  };
}

function handleWork(
  { inference, model, texts }: ModelWorkerOptions,
  client: Client<typeof WorkerService>,
  copies: TenantReplicas,
): WorkHandler {
  const modelVersion = modelVersionOf(model);
  const encoder = new QueryEncoder(inference);
  return async (work, { tenant, signal, turn }) => {
    signal.throwIfAborted();
    if (work.kind === "encode") {
      await turn(work.texts.length / TEXTS_PER_MATCH);
      return encodeTexts(work, { inference, client, modelVersion, tenant }, signal);
    }
    const copy = await copies.get(tenant, signal);
    const queueMs = await turn();
    // What is written while this is ranked may have a part in it, or not.
    const state = rankedState(copy.feed.position, texts);
    const { encodeMs, rankMs, ...ranked } = await rankWithModels(work, copy, { inference, encoder }, signal);
    return { ...ranked, model, state, timings: { queueMs, encodeMs, rankMs } };
  };
}

function openReplicas(options: ModelWorkerOptions, client: Client<typeof WorkerService>, home: string): TenantReplicas {
  const { inference, model, texts, log } = options;
  const copy = { modelVersion: modelVersionOf(model), dimension: inference.dimension, texts };
  const loadModel: TenantReplicasOptions["loadModel"] = (registered, parts) =>
    loadTasteModel(registered, { client, ...parts });
  return new TenantReplicas({ client, ...copy, home, log, loadModel });
}

function openTransport({ grpcUrl, token }: ModelWorkerOptions): Transport {
  const authenticate: Interceptor = (next) => async (request) => {
    request.header.set("authorization", `Bearer ${await token()}`);
    return next(request);
  };
  // The feed is vectors for the most part, which packing costs a second and hardly makes smaller.
  const sessionManager = openWideSessions(grpcUrl);
  return createGrpcTransport({ baseUrl: grpcUrl, interceptors: [authenticate], acceptCompression: [], sessionManager });
}

/** What tickets, vectors and the feed are bound to: vectors of different models or versions never meet. */
export function modelVersionOf(model: { readonly name: string; readonly version: string }): string {
  return `${model.name}@${model.version}`;
}
