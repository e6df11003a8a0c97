import type { Queue } from "bullmq";
import type { Lane } from "../matching/match-queue.js";
import type { LaneLoad } from "../matching/measurements.js";
import { type BatchJob, type BatchResult, LANES } from "./batch-job.js";
import { closeInTime } from "./close-in-time.js";
import type { QueueBackend } from "./queue-backend.js";

/** The lanes as their operators see them: how full they are, over all servers. */
export class LaneView {
  /** A queue for each lane, most urgent first. */
  readonly queues: readonly Queue<BatchJob, BatchResult>[];

  constructor(backend: QueueBackend) {
    this.queues = LANES.map((lane) => backend.openQueue(lane));
    // Whoever reads learns of an outage from what was read.
    for (const queue of this.queues) queue.on("error", () => {});
  }

  /** Rejects while the backend is away; how soon is the backend's affair. */
  loads(): Promise<LaneLoad[]> {
    return Promise.all(LANES.map((lane, index) => readLoad(lane, this.queues[index] as Queue)));
  }

  async close(): Promise<void> {
    await closeInTime(Promise.allSettled(this.queues.map((queue) => queue.close())));
  }
}

async function readLoad(lane: Lane, queue: Queue): Promise<LaneLoad> {
  const [counts, [oldest]] = await Promise.all([
    queue.getJobCounts("waiting", "prioritized", "active", "failed"),
    // Every job has the same priority, so that the first is the oldest.
    queue.getJobs(["prioritized"], 0, 0, true),
  ]);
  const count = (state: string) => counts[state] ?? 0;
  return {
    lane,
    waiting: count("waiting") + count("prioritized"),
    active: count("active"),
    failed: count("failed"),
    oldestWaitingMs: oldest === undefined ? 0 : Math.max(0, Date.now() - oldest.timestamp),
  };
}
