import type { Transport } from "@connectrpc/connect";
import type { CallPolicy } from "./call-policy.js";
import { callStream } from "./stream-call.js";
import { callUnary } from "./unary-call.js";

/**
 * Wraps a transport so that every call carries the token and the deadline, is retried where that is safe, and rejects
 * only with CineDeepMatchError.
 *
 * A wrapper rather than an interceptor: a transport turns what interceptors throw back into its own errors, fixes the
 * deadline's header before they run, and may be one that the caller has built.
 */
export function resilientTransport(transport: Transport, policy: CallPolicy): Transport {
  return {
    unary: (method, signal, timeoutMs, headers, input, contextValues) =>
      callUnary(transport, policy, { method, signal, timeoutMs, headers, input, contextValues }),
    stream: (method, signal, timeoutMs, headers, input, contextValues) =>
      callStream(transport, policy, { method, signal, timeoutMs, headers, input, contextValues }),
  };
}
