import type { Interceptor } from "@connectrpc/connect";
import type { Tracing } from "../matching/tracing.js";
import { REQUEST_ID } from "./call-context.js";

/** Traces calls of one message each way, as part of what their callers trace. Streams go on for as long as they like. */
export function createTraceInterceptor(tracing: Tracing): Interceptor {
  return (next) => (request) => {
    if (request.stream) return next(request);
    const { method, header, contextValues } = request;
    const span = {
      name: `${method.parent.typeName}/${method.name}`,
      kind: "server",
      parent: header.get("traceparent"),
      attributes: { "rpc.system.name": "connectrpc", "cinedeepmatch.request_id": contextValues.get(REQUEST_ID) },
    } as const;
    return tracing.run(span, () => next(request));
  };
}
