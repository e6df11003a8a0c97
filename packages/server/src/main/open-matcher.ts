import type { KeyDirectory } from "@cinedeepmatch/auth";
import type { Logger } from "pino";
import { MemoryReplyCache } from "../caching/memory-reply-cache.js";
import { RedisReplyCache } from "../caching/redis-reply-cache.js";
import { rankedState } from "../matching/match-work.js";
import { Matcher, type MatcherPorts } from "../matching/matcher.js";
import type { MovieTexts } from "../matching/movie-texts.js";
import { reuseReplies } from "../matching/reuse-replies.js";
import type { Config } from "./config.js";
import type { ServerTelemetry } from "./server-operations.js";
import type { Teardown } from "./teardown.js";

/** What matches are made with. */
export interface OpenMatcherParts extends MatcherPorts {
  readonly modelVersion: string;
  readonly texts: MovieTexts;
  readonly keys: Pick<KeyDirectory, "model">;
  readonly telemetry: Pick<ServerTelemetry, "replyCache">;
}

/** Makes matches, and uses answers again unless the configuration says no. Servers on one Redis share the answers. */
export function openMatcher(parts: OpenMatcherParts, config: Config, teardown: Teardown, log: Logger): Matcher {
  const { catalog, queue, modelVersion, texts, keys, telemetry } = parts;
  const { resultCache, redisUrl } = config;
  if (!resultCache) return new Matcher(parts);
  const cache = teardown.add(redisUrl === undefined ? new MemoryReplyCache() : new RedisReplyCache(redisUrl, log));
  const stateOf = async (tenant: string) => rankedState(await catalog.position(tenant), texts);
  // A copy of a deployment has its catalogues, until both go on for themselves; what it never has is its keys.
  const scope = `${modelVersion} ${keys.model.list()[0]?.id}`;
  const reuse = { cache, stateOf, scope, measurements: telemetry.replyCache };
  return new Matcher({ ...parts, queue: reuseReplies(queue, reuse) });
}
