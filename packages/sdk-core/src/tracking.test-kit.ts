import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, createRouterTransport, type Transport } from "@connectrpc/connect";
import { ActivityService, type Event } from "./api.js";
import { keepaliveKey } from "./call-options.js";
import { BadRequestSchema, ErrorInfoSchema } from "./gen/google/rpc/error_details_pb.js";

/** A server that keeps events as the real one does: an event of the same user and id counts once. */
export interface EventServer {
  readonly transport: Transport;
  /** What is recorded, in the order of arrival. */
  readonly recorded: Event[];
  /** How many events each call brought. */
  readonly calls: number[];
  /** How many of them had been recorded before. */
  duplicates: number;
  /** Whether calls asked to outlive their page. */
  readonly keepalive: boolean[];
  /** Throws what a call is to fail with. */
  refuse: (events: readonly Event[]) => void;
  /** Whether the network fails. */
  isOffline: boolean;
}

/** Starts one that takes everything. */
export function eventServer(): EventServer {
  const server: Omit<EventServer, "transport"> = {
    recorded: [],
    calls: [],
    duplicates: 0,
    keepalive: [],
    refuse: () => {},
    isOffline: false,
  };
  const transport = createRouterTransport(({ service }) =>
    service(ActivityService, {
      async recordEvents({ events }) {
        server.calls.push(events.length);
        if (server.isOffline) throw new ConnectError("", Code.Unavailable);
        server.refuse(events);
        const known = new Set(server.recorded.map(({ userId, id }) => `${userId} ${id}`));
        const fresh = events.filter(({ userId, id }) => !known.has(`${userId} ${id}`));
        server.duplicates += events.length - fresh.length;
        server.recorded.push(...fresh);
        return { recordedCount: fresh.length };
      },
    }),
  );
  const noting: Transport = {
    stream: transport.stream,
    unary: (method, signal, timeoutMs, headers, input, contextValues) => {
      server.keepalive.push(contextValues?.get(keepaliveKey) ?? false);
      return transport.unary(method, signal, timeoutMs, headers, input, contextValues);
    },
  };
  return Object.assign(server, { transport: noting });
}

/** The error with which a server refuses a call for a reason of its own. */
export function refusal(code: Code, reason: string, ...fields: string[]): ConnectError {
  const info = { desc: ErrorInfoSchema, value: create(ErrorInfoSchema, { domain: "cinedeepmatch", reason }) };
  const fieldViolations = fields.map((field) => ({ field, description: "is wrong" }));
  const request = { desc: BadRequestSchema, value: create(BadRequestSchema, { fieldViolations }) };
  return new ConnectError("", code, undefined, [info, request]);
}
