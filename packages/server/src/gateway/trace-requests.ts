import type { FastifyInstance, FastifyRequest } from "fastify";
import { atEndOfRequests } from "./end-of-request.js";
import { loggedPathOf } from "./logged-path.js";

/** Traces requests. */
export interface RequestTracing {
  start(options: { name: string; kind: "server"; parent: string | null }): RequestSpan;
}

/** A request that is being traced. */
interface RequestSpan {
  readonly traceparent: string;
  readonly traceId: string;
  set(attributes: Record<string, string | number>): void;
  end(error?: unknown): void;
}

const spans = new WeakMap<FastifyRequest, RequestSpan>();

/** Traces every request but health checks, from its first byte to the last of its answer. */
export function traceRequests(app: FastifyInstance, tracing: RequestTracing): void {
  app.addHook("onRequest", async (request) => {
    if (/^\/(livez|readyz)$/.test(request.url)) return;
    const given = request.headers.traceparent;
    const parent = typeof given === "string" ? given : null;
    spans.set(request, tracing.start({ name: `gateway ${request.method}`, kind: "server", parent }));
  });
  atEndOfRequests(app, (request, _reply, status) => {
    const span = spans.get(request);
    span?.set({
      "http.request.method": request.method,
      "http.route": loggedPathOf(request),
      "http.response.status_code": status,
      "cinedeepmatch.request_id": request.id,
    });
    span?.end(status < 500 ? undefined : new Error("failed"));
  });
}

/** The span of a request that is traced. */
export function spanOf(request: FastifyRequest): Pick<RequestSpan, "traceparent" | "traceId"> | undefined {
  return spans.get(request);
}
