import {
  constants,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { networkOf } from "../limits/network-of.js";
import { takeFromBucket } from "../limits/token-bucket.js";
import type { SessionLimits } from "./session-limits.js";

/** What a guard knows of the calls on a port. */
export interface SessionGuardOptions {
  readonly limits: SessionLimits;
  /** Whether an address is a gateway's, which is believed about its callers. */
  readonly isGateway: (address: string) => boolean;
  /** Whether a method takes more than one message, so that its request may go on for long. */
  readonly takesStream: (path: string) => boolean;
  readonly log: { info(fields: object, message: string): void };
}

interface Call {
  readonly stream: ServerHttp2Stream;
  /** When its request must be there in full. */
  readonly requestUntil: number;
  /** How much of the answer waited at the last look, and since when it has not become less. */
  waiting: number;
  stalledSince: number;
}

interface Peer {
  readonly session: ServerHttp2Session;
  readonly address: string;
  readonly openedAt: number;
  readonly isGateway: boolean;
  readonly calls: Set<Call>;
  greeted: boolean;
  idleSince: number;
  /** The token bucket of its resets. */
  resetsFullAt: number;
}

/** Closes HTTP/2 connections whose peers are idle, do not read, do not send, or take back calls as fast as they make them. */
export class SessionGuard {
  readonly #options: SessionGuardOptions;
  readonly #peers = new Map<ServerHttp2Session, Peer>();
  readonly #bannedUntil = new Map<string, number>();
  readonly #sweep: NodeJS.Timeout;

  constructor(server: Http2Server, options: SessionGuardOptions) {
    this.#options = options;
    server.on("session", (session) => this.#welcome(session));
    server.on("stream", (stream, headers, flags) => this.#watch(stream, headers, flags));
    this.#sweep = setInterval(() => this.#look(Date.now()), options.limits.sweepMs).unref();
  }

  /** Every connection that is open. */
  get sessions(): Iterable<ServerHttp2Session> {
    return this.#peers.keys();
  }

  /** Whether a network has just flooded the server, and so may not connect again yet. */
  isBanned(network: string): boolean {
    return (this.#bannedUntil.get(network) ?? 0) > Date.now();
  }

  /** Stops looking. */
  close(): void {
    clearInterval(this.#sweep);
  }

  #welcome(session: ServerHttp2Session): void {
    const { limits } = this.#options;
    const now = Date.now();
    const address = session.socket?.remoteAddress ?? "";
    const isGateway = this.#options.isGateway(address);
    const peer = {
      session,
      address,
      openedAt: now,
      isGateway,
      calls: new Set<Call>(),
      greeted: false,
      idleSince: now,
      resetsFullAt: 0,
    };
    this.#peers.set(session, peer);
    session.once("remoteSettings", () => {
      peer.greeted = true;
    });
    session.once("close", () => this.#peers.delete(session));
    // A broken connection is its peer's affair.
    session.on("error", () => {});
    if (isGateway) session.settings({ maxConcurrentStreams: limits.maxGatewayStreams });
  }

  #watch(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number): void {
    const peer = stream.session && this.#peers.get(stream.session as ServerHttp2Session);
    if (peer === undefined) return;
    const now = Date.now();
    const whole =
      (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0 || this.#options.takesStream(String(headers[":path"]));
    const requestUntil = whole ? Number.POSITIVE_INFINITY : now + this.#options.limits.requestMs;
    const call: Call = { stream, requestUntil, waiting: 0, stalledSince: now };
    peer.calls.add(call);
    // What a gateway's callers take back is their affair, and counts against their own limits.
    const isOwn = !peer.isGateway || headers["x-forwarded-for"] === undefined;
    stream.once("close", () => {
      peer.calls.delete(call);
      const isHasty = Date.now() - now < this.#options.limits.hastyMs;
      if (isOwn && isHasty && stream.rstCode !== constants.NGHTTP2_NO_ERROR) this.#countReset(peer);
      if (peer.calls.size === 0) peer.idleSince = Date.now();
    });
  }

  #countReset(peer: Peer): void {
    const { resetBurst, resetsPerSecond } = this.#options.limits;
    const rate = { limit: resetBurst, windowMs: (resetBurst / resetsPerSecond) * 1_000 };
    const { verdict, fullAt } = takeFromBucket(rate, peer.resetsFullAt, Date.now());
    peer.resetsFullAt = fullAt;
    if (verdict.allowed || peer.session.destroyed) return;
    this.#bannedUntil.set(networkOf(peer.address), Date.now() + this.#options.limits.banMs);
    this.#refuse(peer, "takes back calls too fast");
  }

  #look(now: number): void {
    for (const [network, until] of this.#bannedUntil) if (until <= now) this.#bannedUntil.delete(network);
    const { handshakeMs, idleMs } = this.#options.limits;
    for (const peer of this.#peers.values()) {
      if (!peer.greeted && now - peer.openedAt > handshakeMs) this.#refuse(peer, "does not speak HTTP/2");
      else if (peer.calls.size === 0 && now - peer.idleSince > idleMs) peer.session.close();
      else for (const call of peer.calls) this.#lookAt(peer, call, now);
    }
  }

  #lookAt(peer: Peer, call: Call, now: number): void {
    const { stream } = call;
    const waiting = stream.destroyed ? 0 : stream.writableLength;
    if (waiting === 0 || waiting !== call.waiting) {
      call.waiting = waiting;
      call.stalledSince = now;
    }
    if (stream.destroyed) return;
    const { localClose, remoteClose } = stream.state;
    const { stalledMs } = this.#options.limits;
    if (now - call.stalledSince > stalledMs) this.#hangUp(peer, call, "does not read its answer");
    // Answered already: what is still to come of the request was not worth reading, and the peer may stop.
    else if (localClose === 1 && remoteClose !== 1) stream.close(constants.NGHTTP2_NO_ERROR);
    else if (now > call.requestUntil && remoteClose !== 1) this.#hangUp(peer, call, "does not send its request");
  }

  /** A gateway's other callers keep their connection. */
  #hangUp(peer: Peer, { stream }: Call, reason: string): void {
    if (!peer.isGateway) this.#refuse(peer, reason);
    else if (!stream.destroyed) stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  }

  #refuse({ session, address }: Peer, reason: string): void {
    if (session.destroyed) return;
    this.#options.log.info({ peer: address, reason }, "connection closed");
    session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    session.destroy();
  }
}
