import { durationMs } from "@bufbuild/protobuf/wkt";
import type { ConnectError } from "@connectrpc/connect";
import { RetryInfoSchema } from "./gen/google/rpc/error_details_pb.js";

/**
 * Returns how long the server asks to wait, in milliseconds: from its RetryInfo detail, else from the headers that
 * gateways and load balancers send, else undefined.
 */
export function readRetryAfter(error: ConnectError, now: number = Date.now()): number | undefined {
  const delay = error.findDetails(RetryInfoSchema)[0]?.retryDelay;
  if (delay !== undefined) return Math.max(0, durationMs(delay));
  return inMs(error.metadata.get("retry-after-ms")) ?? inSecondsOrDate(error.metadata.get("retry-after"), now);
}

function inMs(value: string | null): number | undefined {
  const ms = value === null || value.trim() === "" ? Number.NaN : Number(value);
  return ms >= 0 && Number.isFinite(ms) ? ms : undefined;
}

function inSecondsOrDate(value: string | null, now: number): number | undefined {
  const seconds = inMs(value);
  if (seconds !== undefined) return seconds * 1000;
  const date = Date.parse(value ?? "");
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
