import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { AuthError, openKeyDirectory, verifyToken } from "@cinedeepmatch/auth";
import { type Finding, findingsOf, type Patient } from "./finding.js";

const DAY_MS = 24 * 3_600_000;
const SOON_MS = 14 * DAY_MS;
const RENEW = "Restart the server: it makes a new one.";

/** Whether the owner's token is private and valid, and until when. */
export async function checkToken({ config }: Patient, now = Date.now()): Promise<readonly Finding[]> {
  const { ok, warning, problem } = findingsOf("token");
  const path = join(config.dataDirectory, "token");
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => error);
  if (text instanceof Error) {
    if (text.code === "ENOENT") return [ok("There is none yet; the first start makes it.")];
    return [problem(`${path} cannot be read: ${text.message}`, "Give it to the user that runs the server.")];
  }
  const findings: Finding[] = [];
  const mode = (await stat(path)).mode & 0o777;
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    const found = mode.toString(8).padStart(4, "0");
    findings.push(problem(`Other users can read ${path} (mode ${found}).`, `chmod 600 ${path}`));
  }
  // Opening the keys would make them.
  const keys = join(config.dataDirectory, "keys");
  if ((await stat(join(keys, "client.json")).catch(() => undefined)) === undefined) return findings;
  try {
    const { client } = await openKeyDirectory(keys);
    const { expiresAt } = await verifyToken(client, text.trim(), { now });
    const until = `The owner's token is valid until ${new Date(expiresAt).toISOString()}.`;
    findings.push(expiresAt - now < SOON_MS ? warning(until, `Delete ${path} and restart the server.`) : ok(until));
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    // What is wrong with the keys is said of them.
    if (error.code.startsWith("token_")) findings.push(problem(`The owner's token: ${error.message}.`, RENEW));
  }
  return findings;
}
