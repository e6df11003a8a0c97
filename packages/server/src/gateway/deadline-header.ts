import type { OutgoingHttpHeaders } from "node:http";

const CONNECT = "connect-timeout-ms";
const GRPC_WEB = "grpc-timeout";
const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };

/** How long a caller gives a call, in milliseconds; undefined for no limit, or for one that the gRPC server refuses. */
export function deadlineOf(headers: OutgoingHttpHeaders): number | undefined {
  const connect = headers[CONNECT];
  if (typeof connect === "string" && /^\d{1,10}$/.test(connect)) return Number(connect);
  const [, amount, unit = ""] = /^(\d{1,8})([HMSmun])$/.exec(String(headers[GRPC_WEB] ?? "")) ?? [];
  return amount === undefined ? undefined : Number(amount) * (UNIT_MS[unit] ?? 0);
}

/** Leaves the gRPC server what is left of a deadline, once a part of it has passed. */
export function shortenDeadline(headers: OutgoingHttpHeaders, passedMs: number): void {
  const deadline = deadlineOf(headers);
  if (deadline === undefined || passedMs <= 0) return;
  const leftMs = Math.max(1, Math.ceil(deadline - passedMs));
  if (headers[CONNECT] !== undefined) headers[CONNECT] = String(leftMs);
  // At most eight digits; a longer one in seconds.
  if (headers[GRPC_WEB] !== undefined) {
    headers[GRPC_WEB] = leftMs < 1e8 ? `${leftMs}m` : `${Math.ceil(leftMs / 1_000)}S`;
  }
}
