import { health } from "@cinedeepmatch/contract/grpc";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";

const TIMEOUT_MS = 2_000;

/** Whether a gateway, or an operations port, answers there. */
export async function isGatewayAt(origin: string): Promise<boolean> {
  try {
    const answer = await fetch(`${origin}/livez`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return ((await answer.json()) as { status?: unknown }).status === "ok";
  } catch {
    return false;
  }
}

/** What a gRPC server says of itself to anybody. */
export interface GrpcHealth {
  readonly isServing: boolean;
  /** The server's clock, in milliseconds since the epoch; undefined where it does not tell. */
  readonly clock: number | undefined;
}

/** Asks a gRPC server for its health. Rejects where none answers. */
export async function askHealth(origin: string): Promise<GrpcHealth> {
  const client = createClient(health.Health, createGrpcTransport({ baseUrl: origin }));
  let date: string | null = null;
  const onHeader = (headers: Headers) => {
    date = headers.get("date");
  };
  const { status } = await client.check({}, { timeoutMs: TIMEOUT_MS, onHeader });
  const clock = Date.parse(date ?? "");
  return {
    isServing: status === health.HealthCheckResponse_ServingStatus.SERVING,
    clock: Number.isNaN(clock) ? undefined : clock,
  };
}

/** Whether a gRPC server with a health service answers there. */
export async function isGrpcServerAt(origin: string): Promise<boolean> {
  return askHealth(origin).then(
    () => true,
    () => false,
  );
}
