import { readFileSync } from "node:fs";

/** What must not stand in a process's environment, where whoever inspects the process or its container reads it. */
const SECRETS = ["REDIS_URL", "DATABASE_URL", "MONGODB_URL", "WORKER_TOKEN", "MODEL_KEYS"] as const;

/**
 * Takes secrets from files, as container platforms mount them: where `REDIS_URL_FILE` names a file, its content is
 * `REDIS_URL`. The same for each of {@link SECRETS}.
 */
export function readSecretFiles(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const read = { ...env };
  for (const name of SECRETS) {
    const path = env[`${name}_FILE`];
    if (!path) continue;
    if (env[name]) throw new Error(`Set ${name} or ${name}_FILE, not both.`);
    read[name] = readSecret(`${name}_FILE`, path);
  }
  return read;
}

/** An empty file would quietly mean that the variable is not set, and a server without its database starts empty. */
function readSecret(variable: string, path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
  } catch (cause) {
    throw new Error(`${variable} names a file that cannot be read: ${path}`, { cause });
  }
  if (text === "") throw new Error(`${variable} names a file that is empty: ${path}`);
  return text;
}
