import { KeyRing } from "@cinedeepmatch/auth";
import { ErrorReason } from "@cinedeepmatch/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Lane, RunOptions } from "../matching/match-queue.js";
import type { EncodeReply, EncodeWork, MatchReply, Work } from "../matching/match-work.js";
import { ServiceError } from "../matching/service-error.js";
import { Consumer, type ConsumerOptions, type WorkContext, type WorkHandler } from "./consumer.js";
import { Dispatcher } from "./dispatcher.js";
import type { QueueBackend } from "./queue-backend.js";

const MODEL = "test@1";

/** What every queue backend must do. `open` gives a backend with nothing queued. */
export function describeMatchQueue(name: string, open: () => Promise<QueueBackend & AsyncDisposable>): void {
  describe(`the match queue on ${name}`, () => {
    let backend: QueueBackend & AsyncDisposable;
    let ring: KeyRing<"model">;
    let dispatcher: Dispatcher;
    const consumers: Consumer[] = [];

    beforeEach(async () => {
      backend = await open();
      ring = new KeyRing("model");
      ring.promote(ring.generate().id);
      dispatcher = new Dispatcher({
        backend,
        ring,
        model: MODEL,
        maxPending: { interactive: 8, standard: 100, bulk: 100 },
      });
      await dispatcher.ready();
    });
    afterEach(async () => {
      await Promise.all(consumers.splice(0).map((consumer) => consumer.close()));
      await dispatcher.close();
      await backend.close();
      await backend[Symbol.asyncDispose]();
    });

    async function consume(handle: WorkHandler, options: Partial<ConsumerOptions> = {}) {
      const log = { warn() {}, error() {} };
      const consumer = new Consumer({ backend, ring, model: MODEL, handle, log, ...options });
      consumers.push(consumer);
      await consumer.ready();
    }

    test("carries work to a worker and its answer back", async () => {
      const seen: [Work, WorkContext][] = [];
      let waitedMs: number | undefined;
      await consume(async (given, context) => {
        seen.push([given, context]);
        waitedMs = await context.turn();
        return reply(7);
      });
      expect(await dispatcher.run(work("a"), options())).toEqual(reply(7));
      expect(seen[0]?.[0]).toEqual(work("a"));
      expect(seen[0]?.[1]).toMatchObject({ lane: "interactive", tenant: "t" });
      expect(waitedMs).toBeGreaterThanOrEqual(0);
    });

    test("gives each of many requests its own answer", async () => {
      await consume(async (given) => reply((given as EncodeWork).texts.length));
      const sizes = Array.from({ length: 60 }, (_, index) => index);
      const answers = await Promise.all(
        sizes.map((size) => dispatcher.run(work("x", size), options({ lane: "standard" }))),
      );
      expect(answers.map(({ storedCount }) => storedCount)).toEqual(sizes);
    });

    test("answers what was asked before any worker was there", async () => {
      const answer = dispatcher.run(work("early"), options());
      await consume(async () => reply(1));
      expect(await answer).toEqual(reply(1));
    });

    test("hands a worker's expected failure back as it is", async () => {
      await consume(async () => {
        throw new ServiceError(ErrorReason.MODEL_NOT_FOUND, "no such model", { metadata: { model: "m" } });
      });
      const error = await failure(dispatcher.run(work("a"), options()));
      expect(error).toMatchObject({
        reason: ErrorReason.MODEL_NOT_FOUND,
        message: "no such model",
        metadata: { model: "m" },
      });
    });

    test("tells callers nothing of a worker's unexpected failure, and fails only that request of its batch", async () => {
      await consume(async (given) => {
        if ((given as EncodeWork).modelVersion === "bad") throw new Error("secret detail");
        return reply(1);
      });
      const [bad, good] = await Promise.allSettled([
        dispatcher.run(work("bad"), options()),
        dispatcher.run(work("good"), options()),
      ]);
      expect(good).toMatchObject({ status: "fulfilled" });
      expect(bad).toMatchObject({ status: "rejected", reason: { reason: ErrorReason.INTERNAL } });
      expect(String((bad as PromiseRejectedResult).reason)).not.toContain("secret");
    });

    test("stops waiting at the deadline, and the worker is told", async () => {
      let stopped = false;
      await consume((_given, { signal }) => untilAborted(signal, () => (stopped = true)));
      const error = await failure(dispatcher.run(work("slow"), options({ deadline: Date.now() + 400 })));
      expect(error.reason).toBe(ErrorReason.DEADLINE_EXCEEDED);
      await expect.poll(() => stopped).toBe(true);
    });

    test("never begins work whose deadline has passed", async () => {
      const begun: string[] = [];
      const late = failure(dispatcher.run(work("late"), options({ deadline: Date.now() + 150 })));
      expect((await late).reason).toBe(ErrorReason.DEADLINE_EXCEEDED);
      await consume(async (given) => {
        begun.push((given as EncodeWork).modelVersion);
        return reply(1);
      });
      await dispatcher.run(work("next"), options());
      expect(begun).toEqual(["next"]);
    });

    test("a worker judges deadlines by the clock that it is given, and not by its own", async () => {
      await consume(async () => reply(1), { now: () => Date.now() + 3_600_000 });
      await expect(dispatcher.run(work("late"), options())).rejects.toMatchObject({
        reason: ErrorReason.DEADLINE_EXCEEDED,
      });
    });

    test("tells the worker when the caller cancels", async () => {
      const abort = new AbortController();
      let stopped = false;
      await consume((_given, { signal }) => {
        abort.abort();
        return untilAborted(signal, () => (stopped = true));
      });
      const error = await failure(dispatcher.run(work("a"), options({ signal: abort.signal })));
      expect(error.reason).toBe(ErrorReason.CANCELLED);
      await expect.poll(() => stopped).toBe(true);
    });

    test("refuses more than a lane holds, with a time to try again, and other lanes go on", async () => {
      const full = Array.from({ length: 8 }, () =>
        failure(dispatcher.run(work("x"), options({ deadline: Date.now() + 800 }))),
      );
      const error = await failure(dispatcher.run(work("one too many"), options()));
      expect(error.reason).toBe(ErrorReason.QUEUE_FULL);
      expect(error.retryAfterMs).toBeGreaterThan(0);
      const other = await failure(dispatcher.run(work("y"), options({ lane: "bulk", deadline: Date.now() + 50 })));
      expect(other.reason).toBe(ErrorReason.DEADLINE_EXCEEDED);
      await Promise.all(full);
    });

    test("a worker with other keys or another model does not do the work", async () => {
      const strange = new KeyRing("model");
      strange.promote(strange.generate().id);
      let handled = 0;
      const handle = async () => {
        handled++;
        return reply(1);
      };
      await consume(handle, { ring: strange });
      expect((await failure(dispatcher.run(work("a"), options()))).reason).toBe(ErrorReason.INTERNAL);
      await consumers.pop()?.close();
      await consume(handle, { model: "other@1" });
      expect((await failure(dispatcher.run(work("a"), options()))).reason).toBe(ErrorReason.INTERNAL);
      expect(handled).toBe(0);
    });

    test("a worker that pauses finishes what it has, takes nothing more, and goes on when it is resumed", async () => {
      const gate = Promise.withResolvers<void>();
      let taken = 0;
      await consume(async () => {
        taken++;
        await gate.promise;
        return reply(1);
      });
      const [consumer] = consumers;
      const first = dispatcher.run(work("a"), options());
      await expect.poll(() => taken).toBe(1);
      const paused = consumer?.pause();
      // Changes its mind before it has paused, twice: the last word counts.
      void consumer?.resume();
      const pausedAgain = consumer?.pause();
      gate.resolve();
      expect(await first).toEqual(reply(1));
      await Promise.all([paused, pausedAgain]);
      const second = dispatcher.run(work("b"), options());
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect(taken).toBe(1);
      await consumer?.resume();
      expect(await second).toEqual(reply(1));
      expect(taken).toBe(2);
    });

    test("what the queue loses with all its data is put on it again, and answered", async () => {
      const answer = dispatcher.run(work("lost"), options());
      const queue = backend.openQueue("interactive");
      await expect.poll(() => queue.getPrioritizedCount()).toBe(1);
      await queue.obliterate({ force: true });
      await queue.close();
      await consume(async () => reply(1));
      expect(await answer).toEqual(reply(1));
    });

    test("a flood of one lane does not stop the others", async () => {
      await consume(async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return reply(1);
      });
      const flood = Array.from({ length: 60 }, () => dispatcher.run(work("bulk"), options({ lane: "bulk" })));
      const answer = await dispatcher.run(work("urgent"), options());
      expect(answer).toEqual(reply(1));
      await Promise.all(flood);
    });
  });
}

function work(modelVersion: string, texts = 1): EncodeWork {
  const text = { movieId: "m", textDigest: "d", text: "t" };
  return { kind: "encode", modelVersion, texts: Array.from({ length: texts }, () => text) };
}

function reply(storedCount: number): EncodeReply {
  return { kind: "encode", storedCount };
}

function options(given: Partial<RunOptions> & { lane?: Lane } = {}): RunOptions {
  const signal = new AbortController().signal;
  return {
    lane: "interactive",
    subject: "s",
    tenant: "t",
    scope: "match:read",
    deadline: Date.now() + 20_000,
    signal,
    ...given,
  };
}

async function failure(promise: Promise<unknown>): Promise<ServiceError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ServiceError);
  return error as ServiceError;
}

function untilAborted(signal: AbortSignal, then: () => void): Promise<MatchReply | EncodeReply> {
  return new Promise((_, reject) => {
    const end = () => {
      then();
      reject(signal.reason);
    };
    if (signal.aborted) end();
    else signal.addEventListener("abort", end);
  });
}
