import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type KeyRing, type Revocations, verifyToken } from "@cinedeepmatch/auth";
import type { TokenIssuer } from "../accounts/token-issuer.js";
import { SERVICE_TOKEN_SCOPES } from "../grpc/scopes.js";

const VALID_MS = 365 * 24 * 3_600_000;

/**
 * The token that a data directory comes with, for its owner's own back end and for the CLI: kept in the file `token`
 * (mode 0600), made at the first start and made anew when it is no longer valid.
 */
export async function ensureFirstToken(
  directory: string,
  parts: { ring: KeyRing<"client">; revocations: Revocations; issuer: TokenIssuer },
): Promise<{ token: string; isNew: boolean }> {
  const { ring, revocations, issuer } = parts;
  const path = join(directory, "token");
  const known = await readFile(path, "utf8").catch(() => "");
  try {
    await verifyToken(ring, known.trim(), { revocations });
    return { token: known.trim(), isNew: false };
  } catch {
    // Missing, expired, revoked, or of a key that has been rotated away.
  }
  const expiresAt = Date.now() + VALID_MS;
  const { token } = await issuer.issue({ subject: "owner", scopes: SERVICE_TOKEN_SCOPES, expiresAt });
  await writeFile(path, `${token}\n`, { mode: 0o600 });
  return { token, isNew: true };
}
