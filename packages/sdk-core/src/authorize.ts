import type { CallClock } from "./call-clock.js";
import type { CineDeepMatchError } from "./error.js";
import type { TokenSource } from "./token-source.js";

/** The headers of one attempt and the token in them. */
export interface Authorized {
  readonly header: Headers;
  /** Undefined where none is known, or where the caller's own Authorization header is sent. */
  readonly token: string | undefined;
}

/** Adds the token to the headers, unless the caller has set Authorization for this call. */
export async function authorize(
  tokens: TokenSource,
  clock: CallClock,
  headers: HeadersInit | undefined,
): Promise<Authorized> {
  const header = new Headers(headers);
  if (header.has("authorization")) return { header, token: undefined };
  const token = await clock.within(tokens.get());
  if (token !== undefined) header.set("authorization", `Bearer ${token}`);
  return { header, token };
}

/** Whether the call failed for its token and there is another one to repeat it with. */
export async function isRenewed(
  tokens: TokenSource,
  clock: CallClock,
  { token }: Authorized,
  error: CineDeepMatchError,
): Promise<boolean> {
  if (error.code !== "unauthenticated" || token === undefined) return false;
  return (await clock.within(tokens.renew(token))) !== undefined;
}
