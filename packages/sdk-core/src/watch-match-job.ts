import type { MessageInitShape } from "@bufbuild/protobuf";
import { MatchService, type WatchMatchJobRequestSchema, type WatchMatchJobResponse } from "./api.js";
import { CallClock } from "./call-clock.js";
import type { CallOptions } from "./call-options.js";
import { type Caller, once } from "./caller.js";
import { CineDeepMatchError } from "./error.js";
import { retryDelay } from "./retry-delay.js";

// A job may run for hours: more patience than a call needs.
const MAX_RETRIES = 6;

/** Streams a job's progress and results; a stream that breaks is opened again after the last result it brought. */
export async function* watchMatchJob(
  caller: Caller,
  request: MessageInitShape<typeof WatchMatchJobRequestSchema>,
  options: CallOptions = {},
): AsyncGenerator<WatchMatchJobResponse, void, undefined> {
  const method = MatchService.method.watchMatchJob;
  const { signal, timeoutMs, maxRetries = MAX_RETRIES } = options;
  const clock = new CallClock(signal, timeoutMs);
  let rest = { ...request };
  for (let retries = 0; ; ) {
    try {
      const attempt = { ...options, timeoutMs: clock.check() };
      for await (const response of caller.stream(method, once(rest), attempt)) {
        retries = 0;
        if (response.update.case === "result") rest = { ...rest, afterIndex: response.update.value.index };
        yield response;
      }
      return;
    } catch (failure) {
      const error = CineDeepMatchError.from(failure);
      const remainingMs = clock.remainingMs();
      const delay = retries < maxRetries ? retryDelay({ method, error, retries, remainingMs }) : undefined;
      if (delay === undefined) throw error;
      retries++;
      await clock.pause(delay);
    }
  }
}
