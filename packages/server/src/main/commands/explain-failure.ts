import { CineDeepMatchError } from "@cinedeepmatch/sdk-node";
import { EncodingStalledError } from "../../importing/await-encoding.js";
import { CommandError } from "./command-context.js";

/** What is known of a failed call. */
export interface CallFacts {
  readonly url: string;
  /** What should be there. */
  readonly port: 8080 | 9090;
  /** Where a token was looked for. */
  readonly tokenFile: string;
  readonly hasToken: boolean;
}

/** What the user can do about a failed call. Failures of another kind are returned as they are. */
export function explainFailure(error: unknown, facts: CallFacts): unknown {
  if (error instanceof EncodingStalledError) return new CommandError(error.message);
  if (!(error instanceof CineDeepMatchError)) return error;
  const request = error.requestId === undefined ? "" : ` (request ${error.requestId})`;
  return new CommandError(`${advice(error, facts)}${request}`);
}

function advice({ code, reason, message, violations }: CineDeepMatchError, facts: CallFacts): string {
  if (code === "unauthenticated") return tokenAdvice(message, facts);
  if (code === "permission_denied") {
    return `${message} Make a token that may do this with: cinedeepmatch token issue --scope …`;
  }
  if (reason === undefined && code === "unavailable") {
    const which = facts.port === 9090 ? "the gRPC server (port 9090), not the gateway" : "the gateway (port 8080)";
    return `No server answers at ${facts.url} (${message}). Start one with: npm start. --url is the address of ${which}.`;
  }
  if (violations.length > 1) return violations.map(({ field, description }) => `${field}: ${description}`).join("\n");
  return message;
}

function tokenAdvice(message: string, { tokenFile, hasToken }: CallFacts): string {
  const how =
    "Give one with --token or $CINEDEEPMATCH_TOKEN, or the server's data directory with --data-dir. " +
    "A new one is made, where the server runs, by: cinedeepmatch token issue";
  return hasToken
    ? `The server refused the token: ${message}\n${how}`
    : `The server wants a token and there is none in ${tokenFile}.\n${how}`;
}
