import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { readConfig } from "./config.js";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cinedeepmatch-secrets-"));
  await writeFile(join(folder, "redis-url"), "redis://:secret@redis:6379\n");
  await writeFile(join(folder, "model-keys"), "k4.local.a\nk4.local.b\n");
  await writeFile(join(folder, "empty"), "\n");
});

test("a secret may stand in a file, which ends with a newline as files do", () => {
  const config = readConfig({
    REDIS_URL_FILE: join(folder, "redis-url"),
    MODEL_KEYS_FILE: join(folder, "model-keys"),
    WORKER_TOKEN: "direct",
  });
  expect(config.redisUrl).toBe("redis://:secret@redis:6379");
  expect(config.modelKeys).toBe("k4.local.a\nk4.local.b");
  expect(config.workerToken).toBe("direct");
});

test("a file that is missing, empty or beside the variable itself is refused, without its content", () => {
  expect(() => readConfig({ REDIS_URL_FILE: join(folder, "none") })).toThrow(/REDIS_URL_FILE .* cannot be read/);
  expect(() => readConfig({ WORKER_TOKEN_FILE: join(folder, "empty") })).toThrow(/WORKER_TOKEN_FILE .* empty/);
  const both = { REDIS_URL: "redis://one", REDIS_URL_FILE: join(folder, "redis-url") };
  expect(() => readConfig(both)).toThrow("Set REDIS_URL or REDIS_URL_FILE, not both.");
});

test("a variable that is set to nothing is as good as not set", () => {
  expect(readConfig({ REDIS_URL: "", REDIS_URL_FILE: join(folder, "redis-url") }).redisUrl).toContain("redis:");
  expect(readConfig({ REDIS_URL_FILE: "" }).redisUrl).toBeUndefined();
});
