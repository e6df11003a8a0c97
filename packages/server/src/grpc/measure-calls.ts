import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect";
import { codeToString } from "@connectrpc/connect/protocol-connect";
import type { CallMeasurements, MeasuredCall } from "../matching/measurements.js";

type Gate = (context: HandlerContext) => Promise<void>;

/**
 * A gate that also measures every call from its headers to its end: those that it refuses, and those whose message
 * cannot be read, as well as those that reach a handler.
 *
 * Connect ends each call with `abort` of its context, with the error if there was one. The one other end is that of a
 * stream whose caller goes away, which only the signal tells.
 */
export function measureCalls(gate: Gate, measurements: CallMeasurements): Gate {
  return (context) => {
    measure(context as AbortableContext, measurements);
    return gate(context);
  };
}

type AbortableContext = HandlerContext & { abort(reason?: unknown): void };

function measure(context: AbortableContext, measurements: CallMeasurements): void {
  const startedAt = performance.now();
  const { parent, name, methodKind } = context.method;
  const call: MeasuredCall = { service: parent.typeName, method: name, stream: methodKind !== "unary" };
  let open = true;
  const end = (reason: unknown) => {
    if (!open) return;
    open = false;
    measurements.callEnded(call, codeOf(reason), (performance.now() - startedAt) / 1_000);
  };
  const abort = context.abort.bind(context);
  context.abort = (reason?: unknown) => {
    end(reason);
    abort(reason);
  };
  measurements.callBegan(call);
  if (call.stream) context.signal.addEventListener("abort", () => end(context.signal.reason), { once: true });
}

function codeOf(reason: unknown): string {
  if (reason === undefined) return "ok";
  return codeToString(reason instanceof ConnectError ? reason.code : Code.Internal);
}
