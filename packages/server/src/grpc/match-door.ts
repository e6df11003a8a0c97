import { ErrorReason } from "@cinedeepmatch/contract";
import { FrontDoor } from "../limits/front-door.js";
import type { QueueMeasurements } from "../matching/measurements.js";
import { queueFull, ServiceError } from "../matching/service-error.js";

const errors = {
  queueFull,
  callerGone: () => new ServiceError(ErrorReason.CANCELLED, "The caller cancelled."),
  deadlinePassed: () =>
    new ServiceError(ErrorReason.DEADLINE_EXCEEDED, "The deadline passed before the match was begun."),
};

/**
 * The gRPC server's own door, whose refusals are counted with those of the queue.
 *
 * @param leastAtOnce how many matches pass at once in any case, of those who wait for an answer
 */
export function createMatchDoor(leastAtOnce: number, measurements: QueueMeasurements): FrontDoor {
  return new FrontDoor({
    leastAtOnce,
    errors,
    onRefused(lane) {
      measurements.requestBegan(lane);
      measurements.requestEnded({ lane, kind: "match", seconds: 0, outcome: "queue_full" });
    },
  });
}
