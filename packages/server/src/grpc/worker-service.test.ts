import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type ClaimsToIssue, issueToken, KeyRing, TokenVerifier } from "@cinedeepmatch/auth";
import { ErrorReason } from "@cinedeepmatch/contract";
import { WorkerService } from "@cinedeepmatch/contract/worker";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { RevocationList } from "../accounts/revocation-list.js";
import { type GrpcServerOptions, startGrpcServer } from "./grpc-server.js";
import { NO_MODELS } from "./no-models.test.support.js";
import type { GrpcServer } from "./serve-grpc.js";

const ring = new KeyRing("model");
ring.promote(ring.generate().id);
const revocations = new RevocationList();
const keepFresh = () => revocations.upToDate(Date.now());

let server: GrpcServer;
let listening = 0;
const asked: unknown[] = [];
const stored: unknown[] = [];

beforeAll(async () => {
  keepFresh();
  const catalog = {
    onWrite: () => {
      listening++;
      return () => listening--;
    },
    position: async () => ({ catalogId: "present", revision: 7n }),
    changesAfter: async (tenant: string, revision: bigint) => {
      asked.push(tenant);
      return { changes: [], revision };
    },
    storeVectors: async (tenant: string) => {
      stored.push(tenant);
      return 0;
    },
  };
  server = await startGrpcServer({
    host: "127.0.0.1",
    port: 0,
    verifiers: { client: new TokenVerifier({ ring }), model: new TokenVerifier({ ring, revocations }) },
    log: { info() {}, error() {} },
    isReady: () => true,
    match: {},
    catalog: {},
    activity: {},
    account: {},
    model: {},
    worker: { catalog, registry: { heartbeat() {} }, modelFile: () => undefined, ...NO_MODELS },
  } as unknown as GrpcServerOptions);
});
afterAll(() => server.close(0));

async function worker(fields: Partial<ClaimsToIssue> = {}) {
  const claims = { subject: "w", scopes: ["worker"], expiresAt: Date.now() + 60_000, ...fields };
  const { token } = await issueToken(ring, claims);
  const transport = createGrpcTransport({
    baseUrl: server.url,
    interceptors: [
      (next) => (request) => {
        request.header.set("authorization", `Bearer ${token}`);
        return next(request);
      },
    ],
  });
  return createClient(WorkerService, transport);
}

type Worker = Awaited<ReturnType<typeof worker>>;

/** The code that a stream ends with. */
async function endOf(client: Worker, tenant = "", onMessage = () => {}): Promise<Code> {
  try {
    for await (const _ of client.watchCatalog({ modelVersion: "m", tenant })) onMessage();
    return Code.Unknown;
  } catch (error) {
    return ConnectError.from(error).code;
  }
}

test("the catalogue feed of a worker whose token is revoked ends, at both ends, and its beats are refused", async () => {
  const client = await worker({ subject: "gone" });
  const opened = Promise.withResolvers<void>();
  const end = endOf(client, "", opened.resolve);
  await opened.promise;
  expect(listening).toBe(1);
  const now = Date.now();
  const revocation = {
    tenant: "default",
    kind: "subject",
    name: "gone",
    epoch: now + 1,
    expiresAt: now + 60_000,
  } as const;
  revocations.apply([revocation]);
  const revokedAt = performance.now();
  expect(await end).toBe(Code.Unauthenticated);
  expect(performance.now() - revokedAt).toBeLessThan(2_000);
  await vi.waitFor(() => expect(listening).toBe(0), { timeout: 3_000 });
  const beat = client.heartbeat({ workerId: "w", ready: true });
  expect(await beat.catch((error: unknown) => ConnectError.from(error).code)).toBe(Code.Unauthenticated);
});

test("a feed ends when the key of its token is removed", async () => {
  keepFresh();
  const old = ring.issuingKey();
  const client = await worker();
  const opened = Promise.withResolvers<void>();
  const end = endOf(client, "", opened.resolve);
  await opened.promise;
  ring.promote(ring.generate().id);
  ring.remove(ring.list().find(({ state }) => state !== "issuing")?.id ?? String(old));
  expect(await end).toBe(Code.Unauthenticated);
});

test("a worker hears its tenant, and works for another only if it is the operator's", async () => {
  keepFresh();
  const [acme, operators] = [await worker({ tenant: "acme" }), await worker()];
  const before = Date.now();
  const { tenant: own, serverTime } = await acme.heartbeat({ workerId: "w" });
  expect(own).toBe("acme");
  expect(serverTime && timestampMs(serverTime)).toBeGreaterThanOrEqual(before);
  expect(await endOf(acme, "bolt")).toBe(Code.PermissionDenied);
  const vectors = { modelVersion: "m", vectors: [] };
  const denied = await acme.storeVectors({ ...vectors, tenant: "bolt" }).catch((error: unknown) => error);
  expect(ConnectError.from(denied).code).toBe(Code.PermissionDenied);
  expect(String(denied)).toContain("another tenant");
  expect(ErrorReason.TENANT_MISMATCH).toBe(6);
  for (const [client, tenant] of [
    [acme, ""],
    [acme, "acme"],
    [operators, "bolt"],
    [operators, ""],
  ] as const) {
    await client.storeVectors({ ...vectors, tenant });
  }
  expect(stored).toEqual(["acme", "acme", "bolt", "default"]);
  asked.length = 0;
  for await (const message of operators.watchCatalog({ modelVersion: "m", tenant: "bolt" })) {
    expect(message.caughtUp).toBe(true);
    break;
  }
  expect(asked[0]).toBe("bolt");
});

test("a feed goes on after what a worker holds of this catalogue, and begins anew for one that holds another", async () => {
  keepFresh();
  const client = await worker();
  const firstOf = async (catalogId: string) => {
    for await (const message of client.watchCatalog({ modelVersion: "m", afterRevision: 7n, catalogId }))
      return message;
    throw new Error("the feed ended");
  };
  expect(await firstOf("present")).toMatchObject({ catalogId: "present", revision: 7n });
  expect(await firstOf("of before a restore")).toMatchObject({ catalogId: "present", revision: 0n });
  // As workers of earlier releases ask.
  expect(await firstOf("")).toMatchObject({ catalogId: "present", revision: 7n });
});
