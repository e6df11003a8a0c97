import { ErrorReason } from "@cinedeepmatch/contract";
import { MongoBulkWriteError, MongoError, MongoNetworkError, MongoServerError } from "mongodb";
import { ServiceError } from "../../matching/service-error.js";

/** By name, because the driver does not export all of them. */
const UNREACHABLE = new Set([
  "MongoClientClosedError",
  "MongoExpiredSessionError",
  "MongoNotConnectedError",
  "MongoPoolClosedError",
  "MongoServerClosedError",
  "MongoServerSelectionError",
  "MongoStalePrimaryError",
  "MongoTopologyClosedError",
  "MongoWaitQueueTimeoutError",
]);

// Elections and shutdowns, time limits, a full disk, a majority that cannot be had.
const PASSING_CODES = new Set([
  6, 7, 24, 50, 64, 89, 91, 100, 112, 133, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, 14031,
]);

/** The ServiceError for an error of the driver; an error that only a fault of ours explains is returned as it is. */
export function convertMongoError(error: unknown): unknown {
  if (!isUnavailable(error)) return error;
  return new ServiceError(ErrorReason.STORE_UNAVAILABLE, "The MongoDB server is not available.", { cause: error });
}

/** Whether a document was not inserted because there is one with its `_id`. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === 11000;
}

function isUnavailable(error: unknown): boolean {
  if (error instanceof MongoNetworkError) return true;
  // What broke the connection is wrapped in a failure of the whole bulk, and all that is left of it is its message.
  if (error instanceof MongoBulkWriteError && error.code === undefined && [error.writeErrors].flat().length === 0)
    return true;
  if (error instanceof MongoServerError) return PASSING_CODES.has(Number(error.code));
  return error instanceof MongoError && UNREACHABLE.has(error.name);
}
