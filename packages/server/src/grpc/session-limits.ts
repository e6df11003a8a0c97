import type { ServerOptions } from "node:http2";

/** What one HTTP/2 connection may cost. Times are in milliseconds. */
export interface SessionLimits {
  /** Calls at once; a gateway carries those of many callers. */
  readonly maxStreams: number;
  readonly maxGatewayStreams: number;
  /** All headers of one request. */
  readonly maxHeaderBytes: number;
  /**
   * Calls that the peer takes back (RST_STREAM) within `hastyMs`: so many at once, and so many a second. Who takes
   * longer cannot have more calls than `maxStreams` allows, so only hasty ones get around that limit.
   */
  readonly hastyMs: number;
  readonly resetBurst: number;
  readonly resetsPerSecond: number;
  /** How long an address that did more than that gets no new connection. */
  readonly banMs: number;
  /** How long a connection may say nothing of HTTP/2. */
  readonly handshakeMs: number;
  /** How long a connection may have no call. */
  readonly idleMs: number;
  /** How long a peer may take none of an answer that is ready for it. */
  readonly stalledMs: number;
  /** How long a request that is a single message may take to arrive. */
  readonly requestMs: number;
  /** How often to look. */
  readonly sweepMs: number;
}

/** See docs/security.md. */
export const DEFAULT_SESSION_LIMITS: SessionLimits = {
  maxStreams: 128,
  maxGatewayStreams: 10_000,
  maxHeaderBytes: 16 * 1024,
  hastyMs: 100,
  resetBurst: 500,
  resetsPerSecond: 100,
  banMs: 5_000,
  handshakeMs: 10_000,
  idleMs: 5 * 60_000,
  stalledMs: 30_000,
  requestMs: 60_000,
  sweepMs: 1_000,
};

/** What Node itself can limit. */
export function http2Options(limits: SessionLimits): ServerOptions {
  return {
    settings: { maxConcurrentStreams: limits.maxStreams, maxHeaderListSize: limits.maxHeaderBytes, enablePush: false },
    maxHeaderListPairs: 64,
    maxSettings: 16,
    // In megabytes. A gateway's answers wait here, those of all its callers.
    maxSessionMemory: 32,
    // The last line, for resets of all kinds: of gateways, and of clients whose deadlines pass when much is going on.
    streamResetBurst: 20_000,
    streamResetRate: 10_000,
  };
}
