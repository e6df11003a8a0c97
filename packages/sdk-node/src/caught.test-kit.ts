import { ErrorInfoSchema, RetryInfoSchema } from "@cinedeepmatch/contract/error-details";
import { CineDeepMatchError } from "@cinedeepmatch/sdk-core";
import { expect } from "vitest";

/** Returns what a call rejects with, which must be the SDK's own error. */
export async function caught(call: PromiseLike<unknown>): Promise<CineDeepMatchError> {
  const error = await Promise.resolve(call).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CineDeepMatchError);
  return error as CineDeepMatchError;
}

/** The detail with which a server says when to come back. */
export function retryIn(ms: number) {
  return { desc: RetryInfoSchema, value: { retryDelay: { nanos: ms * 1e6 } } };
}

/** The detail with which a server says why. */
export function because(reason: string) {
  return { desc: ErrorInfoSchema, value: { domain: "cinedeepmatch", reason } };
}
