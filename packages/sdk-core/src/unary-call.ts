import type { DescMessage, DescMethodUnary, MessageInitShape } from "@bufbuild/protobuf";
import type { ContextValues, Transport, UnaryResponse } from "@connectrpc/connect";
import { type Authorized, authorize, isRenewed } from "./authorize.js";
import { CallClock } from "./call-clock.js";
import { maxRetriesKey } from "./call-options.js";
import type { CallPolicy } from "./call-policy.js";
import type { CineDeepMatchError } from "./error.js";
import { logAttempt, logRetry } from "./log-attempt.js";
import { retryDelay } from "./retry-delay.js";
import { isUnsent } from "./unsent.js";

/** A call with one request and one response, as a transport takes it. */
export interface UnaryCall<I extends DescMessage, O extends DescMessage> {
  readonly method: DescMethodUnary<I, O>;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number | undefined;
  readonly headers: HeadersInit | undefined;
  readonly input: MessageInitShape<I>;
  readonly contextValues: ContextValues | undefined;
}

/** Makes a call, with as many attempts as the policy, the deadline and the method allow. */
export async function callUnary<I extends DescMessage, O extends DescMessage>(
  transport: Transport,
  policy: CallPolicy,
  call: UnaryCall<I, O>,
): Promise<UnaryResponse<I, O>> {
  const { tokens, budget, logger } = policy;
  const { method } = call;
  const clock = new CallClock(call.signal, call.timeoutMs ?? policy.timeoutMs);
  const maxRetries = call.contextValues?.get(maxRetriesKey) ?? policy.maxRetries;
  let renewed = false;
  for (let retries = 0; ; ) {
    const attempt = await send(transport, policy, call, clock);
    if ("response" in attempt) {
      budget.refund();
      return attempt.response;
    }
    const { error, sent } = attempt;
    if (!renewed && sent !== undefined && (await isRenewed(tokens, clock, sent, error))) {
      renewed = true;
      continue;
    }
    const remainingMs = clock.remainingMs();
    const delay = retries < maxRetries ? retryDelay({ method, error, retries, remainingMs }) : undefined;
    // The budget spares a server in trouble. It knows nothing of calls that did not reach it, and those that it turned
    // away at the door come when it has asked them to.
    const isFree = isUnsent(error) || error.reason === "QUEUE_FULL";
    if (delay === undefined || !(isFree || budget.spend())) throw error;
    retries++;
    logRetry(logger, method, error, delay);
    await clock.pause(delay);
  }
}

type Attempt<I extends DescMessage, O extends DescMessage> =
  | { readonly response: UnaryResponse<I, O> }
  | { readonly error: CineDeepMatchError; readonly sent: Authorized | undefined };

async function send<I extends DescMessage, O extends DescMessage>(
  transport: Transport,
  { tokens, logger }: CallPolicy,
  { method, signal, headers, input, contextValues }: UnaryCall<I, O>,
  clock: CallClock,
): Promise<Attempt<I, O>> {
  const startedAt = performance.now();
  let sent: Authorized | undefined;
  try {
    sent = await authorize(tokens, clock, headers);
    // Each attempt tells the server what is left of the deadline. A transport takes 0 for none, which is why a
    // deadline that has passed throws here.
    const timeoutMs = clock.check() ?? 0;
    const response = await transport.unary(method, signal, timeoutMs, sent.header, input, contextValues);
    logAttempt(logger, method, startedAt);
    return { response };
  } catch (failure) {
    const error = clock.explain(failure);
    logAttempt(logger, method, startedAt, error);
    return { error, sent };
  }
}
