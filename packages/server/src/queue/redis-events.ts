import { QueueEvents, type QueueEventsOptions } from "bullmq";
import type { BatchResult } from "./batch-job.js";
import type { LaneEvents, LaneListener } from "./queue-backend.js";

/** The ends of a lane's jobs as Redis tells them, to all servers. */
export function openRedisEvents(queue: string, options: QueueEventsOptions, listener: LaneListener): LaneEvents {
  const events = new QueueEvents(queue, options);
  // Without a listener an outage would end the process; callers learn of it from their calls.
  events.on("error", () => {});
  events.on("completed", ({ jobId, returnvalue }) => {
    listener.completed(jobId, returnvalue as unknown as BatchResult);
  });
  events.on("failed", ({ jobId }) => listener.failed(jobId));
  return { waitUntilReady: () => events.waitUntilReady(), close: () => events.close() };
}
