import { execFile } from "node:child_process";
import { CLI } from "./spawn-role.js";

/** Runs a command of the built CLI to its end. */
export function runCli(
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...more };
    execFile(process.execPath, [CLI, ...args], { maxBuffer: 1 << 26, env }, (error, stdout, stderr) => {
      const code = typeof error?.code === "number" ? error.code : error ? 1 : 0;
      resolve({ code, stdout, stderr });
    });
  });
}

/** A token with these scopes, of a data directory's keys. */
export async function issueTestToken(
  dataDirectory: string,
  scopes: readonly string[],
  more: string[] = [],
): Promise<string> {
  const flags = scopes.flatMap((scope) => ["--scope", scope]);
  const { code, stdout, stderr } = await runCli(["token", "issue", "--data-dir", dataDirectory, ...flags, ...more]);
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}
