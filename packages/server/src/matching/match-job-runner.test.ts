import { create } from "@bufbuild/protobuf";
import {
  ErrorReason,
  type MatchJobResult,
  type MatchRequest,
  MatchRequestSchema,
  MatchResponseSchema,
} from "@cinedeepmatch/contract";
import { afterEach, expect, test, vi } from "vitest";
import type { AnswerRequest } from "./answer-patiently.js";
import { MatchJobRunner } from "./match-job-runner.js";
import type { JobClaim, MatchJobStore } from "./match-job-store.js";
import { ServiceError } from "./service-error.js";

const OWNER = { tenant: "t", subject: "s" };

/** A store with one job, of as many requests as it is given texts. */
class OneJob {
  readonly results = new Map<number, MatchJobResult>();
  readonly #requests: MatchRequest[];
  isOpen = true;
  isHeld = false;
  isCancelled = false;
  writes = 0;
  /** Thrown by the next write. */
  failure: Error | undefined;

  constructor(texts: readonly string[]) {
    this.#requests = texts.map((text) => create(MatchRequestSchema, { text }));
  }

  readonly store = {
    claim: async (): Promise<JobClaim | undefined> => {
      if (!this.isOpen || this.isHeld) return undefined;
      this.isHeld = true;
      return { ...OWNER, id: "job", lease: "lease" };
    },
    pendingRequests: async (_claim: JobClaim, limit: number) =>
      this.#requests
        .map((request, index) => ({ index, request }))
        .filter(({ index }) => !this.results.has(index))
        .slice(0, limit),
    storeResults: async (_claim: JobClaim, results: readonly MatchJobResult[]) => {
      this.writes++;
      const { failure } = this;
      this.failure = undefined;
      if (failure !== undefined) throw failure;
      if (this.isCancelled) return false;
      for (const result of results) this.results.set(result.index, result);
      return true;
    },
    renew: async () => !this.isCancelled,
    release: async () => {
      this.isHeld = false;
      this.isOpen = !this.isCancelled && this.results.size < this.#requests.length;
    },
  } as Partial<MatchJobStore> as MatchJobStore;
}

let runner: MatchJobRunner | undefined;
afterEach(() => runner?.close());

const logged: unknown[] = [];
function start(job: OneJob, answer: AnswerRequest): MatchJobRunner {
  const log = { warn() {}, error: (fields: object) => void logged.push(fields) };
  runner = new MatchJobRunner({ jobs: job.store, answer, log });
  return runner;
}

const response = (matchId: string) => create(MatchResponseSchema, { matchId });
const numbers = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

test("every request is answered once, for the job's owner, and many results are stored together", async () => {
  const job = new OneJob(numbers(1_000));
  const asked: string[] = [];
  start(job, async (owner, { text }) => {
    expect(owner).toMatchObject(OWNER);
    asked.push(text);
    return response(text);
  });
  await vi.waitFor(() => expect(job.isOpen).toBe(false));
  expect(asked.sort()).toEqual(numbers(1_000).sort());
  expect([...job.results].every(([index, result]) => result.response?.matchId === `${index}`)).toBe(true);
  expect(job.writes).toBeLessThan(500);
});

test("no more requests are under way at once than a few", async () => {
  const job = new OneJob(numbers(300));
  let [underWay, most] = [0, 0];
  start(job, async () => {
    most = Math.max(most, ++underWay);
    await new Promise((resolve) => setTimeout(resolve, 1));
    underWay--;
    return response("");
  });
  await vi.waitFor(() => expect(job.isOpen).toBe(false), { timeout: 10_000 });
  expect(most).toBe(32);
});

test("a full queue, a missing store and a passed deadline are waited out", async () => {
  const reasons = [ErrorReason.QUEUE_FULL, ErrorReason.STORE_UNAVAILABLE, ErrorReason.DEADLINE_EXCEEDED];
  const job = new OneJob(["a"]);
  start(job, async () => {
    const reason = reasons.shift();
    if (reason !== undefined) throw new ServiceError(reason, "not now", { retryAfterMs: 1 });
    return response("at last");
  });
  await vi.waitFor(() => expect(job.isOpen).toBe(false));
  expect(job.results.get(0)).toMatchObject({ errorReason: "", response: { matchId: "at last" } });
});

test("a request that is wrong fails by itself, with its reason, and a fault of the server's is logged", async () => {
  const job = new OneJob(["good", "wrong", "fault"]);
  start(job, async (_owner, { text }) => {
    if (text === "wrong") throw new ServiceError(ErrorReason.MOVIE_NOT_FOUND, "There is no such movie.");
    if (text === "fault") throw new TypeError("secret");
    return response(text);
  });
  await vi.waitFor(() => expect(job.isOpen).toBe(false));
  expect(job.results.get(0)?.errorReason).toBe("");
  expect(job.results.get(1)).toMatchObject({
    errorReason: "MOVIE_NOT_FOUND",
    errorMessage: "There is no such movie.",
  });
  expect(job.results.get(1)?.response).toBeUndefined();
  expect(job.results.get(2)?.errorReason).toBe("INTERNAL");
  expect(job.results.get(2)?.errorMessage).not.toContain("secret");
  expect(logged).toContainEqual({ err: expect.objectContaining({ message: "secret" }) });
});

test("a request that the workers fail at again and again is given up, and the others are not", async () => {
  const job = new OneJob(["poison", "good"]);
  let attempts = 0;
  start(job, async (_owner, { text }) => {
    if (text === "good") return response(text);
    attempts++;
    throw new ServiceError(ErrorReason.MODEL_UNAVAILABLE, "The workers failed.", { retryAfterMs: 1 });
  });
  await vi.waitFor(() => expect(job.isOpen).toBe(false));
  expect(attempts).toBe(5);
  expect(job.results.get(0)?.errorReason).toBe("MODEL_UNAVAILABLE");
  expect(job.results.get(1)?.errorReason).toBe("");
});

test("when a job is cancelled, what is under way is aborted and nothing more is begun", async () => {
  const job = new OneJob(numbers(100));
  let begun = 0;
  let aborted = 0;
  start(job, (_owner, { text }, { signal }) => {
    begun++;
    if (text === "0") {
      job.isCancelled = true;
      return Promise.resolve(response(text));
    }
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => {
        aborted++;
        reject(signal.reason);
      });
    });
  });
  await vi.waitFor(() => expect(job.isOpen).toBe(false));
  expect(begun).toBe(32);
  expect(aborted).toBe(31);
  expect(job.results.size).toBe(0);
});

test("results that the store did not take are made again", async () => {
  const job = new OneJob(numbers(10));
  job.failure = new ServiceError(ErrorReason.STORE_UNAVAILABLE, "away");
  start(job, async (_owner, { text }) => response(text));
  await vi.waitFor(() => expect(job.isOpen).toBe(false), { timeout: 5_000 });
  expect(job.results.size).toBe(10);
});

test("closing drops what is under way and lets go of the job", async () => {
  const job = new OneJob(numbers(10));
  const begun = Promise.withResolvers<void>();
  const closing = start(job, (_owner, _request, { signal }) => {
    begun.resolve();
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  });
  await begun.promise;
  await closing.close();
  expect(job).toMatchObject({ isHeld: false, isOpen: true });
  expect(job.results.size).toBe(0);
});

test("a new job is begun at once when the runner is told of it", async () => {
  const job = new OneJob(["a"]);
  job.isOpen = false;
  const told = start(job, async () => response("a"));
  await new Promise((resolve) => setTimeout(resolve, 20));
  job.isOpen = true;
  told.wake();
  await vi.waitFor(() => expect(job.results.size).toBe(1), { timeout: 1_000 });
});
