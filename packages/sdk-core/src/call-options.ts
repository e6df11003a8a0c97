import { type ContextKey, createContextKey } from "@connectrpc/connect";

/** Options of one call. */
export interface CallOptions {
  /** Aborts the call, which then rejects with code `canceled`. Works together with the timeout. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long the call may take in milliseconds, all attempts included; 0 for as long as it takes. The server is told,
   * and stops working on a call that is over. Defaults to the client's, and to 0 for streams. Of a list, each page is a call.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * How often to try again. Defaults to the client's. Methods that are not safe to repeat never are, nor are streams;
   * `matchJobs.watch` resumes.
   */
  readonly maxRetries?: number | undefined;
  /** Headers to add. */
  readonly headers?: Headers | Readonly<Record<string, string>> | undefined;
  /**
   * Lets the call outlive the page that makes it, in browsers: `keepalive` of fetch, which takes requests up to 64 KiB.
   */
  readonly keepalive?: boolean | undefined;
}

/**
 * Carries `maxRetries` to a call of a client made by `rpc`, which takes the options of Connect.
 *
 * @example
 * ```ts
 * const models = client.rpc(ModelService);
 * await models.listModels({}, { contextValues: createContextValues().set(maxRetriesKey, 0) });
 * ```
 */
export const maxRetriesKey: ContextKey<number | undefined> = /* @__PURE__ */ createContextKey<number | undefined>(
  undefined,
  { description: "maxRetries" },
);

/** Carries `keepalive` to a transport over fetch. */
export const keepaliveKey: ContextKey<boolean> = /* @__PURE__ */ createContextKey(false, { description: "keepalive" });
