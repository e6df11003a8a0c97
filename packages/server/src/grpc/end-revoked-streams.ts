import { setTimeout as sleep } from "node:timers/promises";
import { AuthError } from "@cinedeepmatch/auth";
import type { Interceptor } from "@connectrpc/connect";
import { CLAIMS } from "./call-context.js";
import { type Verifiers, verifyCall } from "./request-gate.js";
import { tokenRejected } from "./token-rejected.js";

const LOOK_MS = 1_000;

/**
 * A call's token is looked at when the call begins; a stream may go on for days. This ends a stream within a second of
 * its token's end, of its revocation becoming known or of its key's removal, and takes no message of a client's stream
 * after it.
 */
export function createStreamGuard(verifiers: Verifiers): Interceptor {
  return (next) => async (request) => {
    if (!request.stream || request.contextValues.get(CLAIMS) === undefined) return next(request);
    // Remembered tokens cost no cryptography.
    const check = async () => {
      await verifyCall(verifiers, { method: request.method, requestHeader: request.header }).catch((error: unknown) => {
        throw error instanceof AuthError ? tokenRejected() : error;
      });
    };
    const response = await next({ ...request, message: checkEach(request.message, check) });
    return response.stream ? { ...response, message: watch(response.message, check) } : response;
  };
}

type Check = () => Promise<void>;

async function* checkEach<T>(messages: AsyncIterable<T>, check: Check) {
  for await (const message of messages) {
    await check();
    yield message;
  }
}

async function* watch<T>(messages: AsyncIterable<T>, check: Check) {
  const iterator = messages[Symbol.asyncIterator]();
  try {
    for (;;) {
      const result = await checkUntil(iterator.next(), check);
      if (result.done) return;
      yield result.value;
    }
  } finally {
    // Not awaited: it waits for the handler, which learns of the end by the call's signal only after this.
    iterator.return?.().catch(() => {});
  }
}

/** Waits for the next message, looking in on the token meanwhile. */
async function checkUntil<T>(next: Promise<T>, check: Check): Promise<T> {
  const waiting = new AbortController();
  let settled = false;
  const settle = () => {
    settled = true;
    waiting.abort();
  };
  next.then(settle, settle);
  while (!settled) {
    await sleep(LOOK_MS, undefined, { signal: waiting.signal, ref: false }).catch(() => {});
    await check();
  }
  return next;
}
