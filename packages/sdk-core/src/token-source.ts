import { CineDeepMatchError } from "./error.js";

/** Why a token is asked for. */
export interface TokenRequest {
  /** The token that the server has just refused, if that is why: whoever keeps it must not hand it out again. */
  readonly rejected?: string;
}

/**
 * A token, or a function that gets one. The function is called for the first call that needs it and again once the
 * server refuses what it returned; in between its answer is kept.
 *
 * @example
 * ```ts
 * // In a browser: a route of your own back end that calls `client.accounts.mintUserToken`.
 * const token = async () => (await fetch("/cinedeepmatch-token", { method: "POST" })).text();
 * ```
 */
export type Token = string | ((request: TokenRequest) => string | Promise<string>);

/** Keeps the token between calls and shares one refresh between all the calls that need it. */
export class TokenSource {
  readonly #token: Token | undefined;
  #current: Promise<string> | undefined;

  constructor(token: Token | undefined) {
    this.#token = token;
  }

  /** Returns the token to send, or undefined where none was given. */
  async get(): Promise<string | undefined> {
    if (typeof this.#token !== "function") return this.#token;
    this.#current ??= this.#ask({});
    return this.#current;
  }

  /** Gets another token for one that the server refused. Returns undefined where there is no other. */
  async renew(rejected: string): Promise<string | undefined> {
    if (typeof this.#token !== "function") return undefined;
    const current = this.#current;
    // Many calls are refused together. The first one drops the token, the others find it dropped or replaced.
    const stale = current !== undefined && (await current.catch(() => undefined)) === rejected;
    if (stale && this.#current === current) this.#current = this.#ask({ rejected });
    const renewed = await this.get();
    return renewed === rejected ? undefined : renewed;
  }

  #ask(request: TokenRequest): Promise<string> {
    const asked = Promise.resolve()
      .then(() => (this.#token as (request: TokenRequest) => string | Promise<string>)(request))
      .catch((cause: unknown) => {
        if (this.#current === asked) this.#current = undefined;
        const said = cause instanceof Error ? `: ${cause.message}` : "";
        throw new CineDeepMatchError({ code: "unauthenticated", message: `The token function failed${said}`, cause });
      });
    return asked;
  }
}
