import { CineDeepMatchError, type Token } from "@cinedeepmatch/sdk-core";

const MESSAGE =
  "An API key must not reach a browser, where every visitor can read it: let your back end exchange it and mint a " +
  "token for the visitor (client.accounts.mintUserToken of @cinedeepmatch/sdk-node)";

/** Refuses API keys, which belong to back ends. Tokens do not show whom they were issued for and all pass. */
export function refuseServerKeys(token: Token | undefined): Token | undefined {
  if (typeof token === "string") return checked(token);
  return token && (async (request) => checked(await token(request)));
}

/** What a browser answers where a call would carry an API key. */
export function serverKeyRefused(): CineDeepMatchError {
  return new CineDeepMatchError({ code: "failed_precondition", message: MESSAGE });
}

function checked(token: string): string {
  if (token.startsWith("cdm_")) throw serverKeyRefused();
  return token;
}
