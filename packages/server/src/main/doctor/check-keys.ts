import { stat } from "node:fs/promises";
import { join } from "node:path";
import { AUDIENCES, AuthError, openKeyDirectory } from "@cinedeepmatch/auth";
import { type Finding, findingsOf, type Patient } from "./finding.js";

/** Whether the key files are there, private and readable. Makes none. */
export async function checkKeys({ config }: Patient): Promise<readonly Finding[]> {
  const { ok, problem } = findingsOf("keys");
  const folder = join(config.dataDirectory, "keys");
  const missing = await missingFiles(folder);
  if (missing.length === AUDIENCES.length) return [ok("There are none yet; the first start makes them.")];
  if (missing.length > 0) {
    return [
      problem(
        `${missing.join(" and ")} is missing.`,
        "Restore it from a backup. If there is none, the next start makes a new one, and its tokens of before are refused.",
      ),
    ];
  }
  try {
    const keys = await openKeyDirectory(folder);
    const counts = AUDIENCES.map((audience) => `${keys[audience].list().length} ${audience}`);
    return [ok(`Keys: ${counts.join(", ")}. Nobody else can reach them.`)];
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    return [problem(error.message, remedyFor(error, folder))];
  }
}

async function missingFiles(folder: string): Promise<string[]> {
  const paths = AUDIENCES.map((audience) => join(folder, `${audience}.json`));
  const found = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  return paths.filter((_, index) => found[index] === undefined);
}

function remedyFor({ code }: AuthError, folder: string): string {
  if (code === "key_file_exposed") {
    return `chmod 700 ${folder} && chmod 600 ${folder}/*.json. If others may have read them, rotate them: docs/security.md.`;
  }
  if (code === "key_file_malformed") return "Restore it from a backup.";
  return `Give ${folder} to the user that runs the server.`;
}
