import { join, resolve } from "node:path";
import { issueToken, openKeyDirectory } from "@cinedeepmatch/auth";
import type { Command } from "commander";
import { SERVICE_TOKEN_SCOPES, WORKER_TOKEN_SCOPES } from "../../grpc/scopes.js";
import { readConfig } from "../config.js";
import { addTokenRevokeCommand } from "./token-revoke.js";

interface IssueFlags {
  dataDir?: string;
  subject: string;
  tenant: string;
  scope?: string[];
  user?: string;
  ttl: string;
  worker?: boolean;
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `cinedeepmatch token issue|revoke`: issues a token with the keys of a data directory; takes tokens back. */
export function addTokenCommand(program: Command): void {
  const token = program.command("token").description("issue and revoke tokens");
  token
    .command("issue")
    .description("print a new token, made with the keys of a data directory")
    .option("--data-dir <folder>", "whose keys to use (default: $CINEDEEPMATCH_DATA_DIR or ./.data)")
    .option("--subject <name>", "who will hold the token", "owner")
    .option("--tenant <name>", "the tenant that it is confined to", "default")
    .option("--scope <scope...>", "what it may do (default: everything that a client can)")
    .option("--user <id>", "bind it to one user")
    .option("--ttl <time>", "how long it is valid, such as 15m, 12h or 30d", "1h")
    .option("--worker", "for a model worker")
    .action(issue);
  addTokenRevokeCommand(token);
}

async function issue(flags: IssueFlags): Promise<void> {
  const directory = resolve(flags.dataDir ?? readConfig(process.env).dataDirectory);
  const keys = await openKeyDirectory(join(directory, "keys"));
  const scopes = flags.scope ?? (flags.worker ? WORKER_TOKEN_SCOPES : SERVICE_TOKEN_SCOPES);
  const { subject, tenant, user } = flags;
  const claims = { subject, tenant, scopes, expiresAt: Date.now() + milliseconds(flags.ttl) };
  const ring = flags.worker ? keys.model : keys.client;
  const issued = await issueToken(ring, { ...claims, ...(user !== undefined && { userId: user }) });
  process.stdout.write(`${issued.token}\n`);
  // Not on stdout, where scripts read the token.
  process.stderr.write(`Its id, for "cinedeepmatch token revoke --jti": ${issued.claims.tokenId}\n`);
}

function milliseconds(text: string): number {
  const [, amount, unit = ""] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const factor = UNITS[unit];
  if (factor === undefined) throw new Error(`--ttl must be a number with s, m, h or d, such as 15m, not "${text}".`);
  return Number(amount) * factor;
}
