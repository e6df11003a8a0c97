import { createHash } from "node:crypto";
import type { MatchQueue, RunOptions } from "./match-queue.js";
import type { MatchReply, MatchWork, ReplyOf, Work } from "./match-work.js";
import type { ReplyCacheMeasurements } from "./measurements.js";
import type { ReplyCache } from "./reply-cache.js";

/** What answers are reused with. */
export interface ReuseOptions {
  readonly cache: ReplyCache;
  /** What a worker would rank now that has followed a tenant's catalogue to the last write that was acknowledged. */
  readonly stateOf: (tenant: string) => Promise<string>;
  /** Tells answers apart beside what is asked: of which model they are, and of which deployment where some share a cache. */
  readonly scope: string;
  readonly measurements: ReplyCacheMeasurements;
}

/** What a reused answer has cost. */
const NO_TIME = { queueMs: 0, encodeMs: 0, rankMs: 0 };

/**
 * A queue that answers a match again as it was answered before, if the catalogue is still in the very state that the
 * answer says it was ranked in. So nothing has to be thrown away when the catalogue changes: what is of another state
 * is not used. Matches that activity has a part in go to the workers, and so does the bulk lane, in which hardly anything
 * is asked twice.
 */
export function reuseReplies(queue: MatchQueue, { cache, stateOf, scope, ...options }: ReuseOptions): MatchQueue {
  const { measurements } = options;

  async function match(work: MatchWork, { tenant, ...run }: RunOptions): Promise<MatchReply> {
    const key = createHash("sha256")
      .update(JSON.stringify([scope, tenant, work]))
      .digest("base64url");
    const [state, kept] = await Promise.all([stateOf(tenant), cache.get(key)]);
    const reply = kept === undefined ? undefined : (JSON.parse(kept) as MatchReply);
    const isCurrent = reply?.state === state;
    measurements.looked(reply === undefined ? "miss" : isCurrent ? "hit" : "stale");
    if (reply !== undefined && isCurrent) return { ...reply, timings: NO_TIME };
    const fresh = await queue.run(work, { tenant, ...run });
    // A worker may be behind the catalogue or ahead of what was read here; nobody is going to ask for that.
    if (fresh.state === state) void cache.set(key, JSON.stringify(fresh));
    return fresh;
  }

  return {
    checkRoom: (call) => queue.checkRoom(call),

    run<W extends Work>(work: W, options: RunOptions): Promise<ReplyOf<W>> {
      if (!isReusable(work, options)) return queue.run(work, options);
      return match(work, options) as Promise<ReplyOf<W>>;
    },
  };
}

/** The same answer for everybody in the tenant, at any time. */
function isReusable(work: Work, { lane }: RunOptions): work is MatchWork {
  return work.kind === "match" && work.recent === undefined && work.taste === undefined && lane !== "bulk";
}
