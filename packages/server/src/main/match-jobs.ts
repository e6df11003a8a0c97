import type { Logger } from "pino";
import { createAnswerJobRequest } from "../grpc/answer-job-request.js";
import type { MatchJobPorts } from "../grpc/match-job-methods.js";
import { MatchJobRunner } from "../matching/match-job-runner.js";
import type { MatchJobStore } from "../matching/match-job-store.js";
import type { Matcher } from "../matching/matcher.js";
import type { Config } from "./config.js";
import type { Closable } from "./teardown.js";

const PRUNE_MS = 10 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

/** Begins to work on match jobs, those that an earlier process left behind first, and to delete expired ones. */
export function startMatchJobs(
  { jobs, matcher }: { jobs: MatchJobStore; matcher: Matcher },
  { matchJobRetentionDays }: Config,
  log: Logger,
): Omit<MatchJobPorts, "catalog"> & Closable {
  const runner = new MatchJobRunner({ jobs, answer: createAnswerJobRequest({ matcher }), log });
  let round = Promise.resolve();
  const prune = async () => {
    const count = await jobs.prune();
    if (count > 0) log.info({ count }, "expired match jobs were deleted");
  };
  const timer = setInterval(() => {
    round = round.then(prune).catch((err: unknown) => log.warn({ err }, "expired match jobs cannot be deleted"));
  }, PRUNE_MS);
  timer.unref();
  return {
    jobs,
    keepJobsMs: matchJobRetentionDays * DAY_MS,
    onNewJob: () => runner.wake(),
    async close() {
      clearInterval(timer);
      await Promise.all([runner.close(), round]);
    },
  };
}
