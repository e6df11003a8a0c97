import { Redis } from "ioredis";
import { type Finding, findingsOf, type Patient } from "./finding.js";
import { hideSecrets } from "./hide-secrets.js";

const TIMEOUT_MS = 3_000;

/** Whether the queue's Redis answers and keeps what it is given. Nothing is looked at unless REDIS_URL is set. */
export async function checkRedis({ config: { redisUrl } }: Patient): Promise<readonly Finding[]> {
  if (redisUrl === undefined) return [];
  const { ok, problem } = findingsOf("redis");
  const redis = new Redis(redisUrl, {
    lazyConnect: true,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // What went wrong comes by the promises, too.
  let cause: Error | undefined;
  redis.on("error", (error) => {
    cause = error;
  });
  try {
    await redis.connect();
    const [, policy = "unknown"] = (await redis.config("GET", "maxmemory-policy")) as string[];
    if (policy === "noeviction") return [ok("Redis answers, and evicts nothing.")];
    const remedy = "redis-cli config set maxmemory-policy noeviction, and the same in redis.conf.";
    return [problem(`Redis may evict queued work (maxmemory-policy ${policy}).`, remedy)];
  } catch (error) {
    const why = hideSecrets(cause ?? error, redisUrl);
    return [
      problem(`Redis does not answer: ${why}`, "Start it, or correct REDIS_URL. Without REDIS_URL, none is needed."),
    ];
  } finally {
    redis.disconnect();
  }
}
