import { ErrorReason } from "@cinedeepmatch/contract";
import { expect, test } from "vitest";
import type { MatchQueue, RunOptions } from "./match-queue.js";
import type { Work } from "./match-work.js";
import { measureQueue } from "./measure-queue.js";
import type { EndedRequest } from "./measurements.js";
import { ServiceError } from "./service-error.js";

const work = { kind: "match" } as Work;
const timings = { queueMs: 1, encodeMs: 2, rankMs: 3 };

function optionsOf(signal = new AbortController().signal): RunOptions {
  return { lane: "standard", subject: "s", tenant: "t", scope: "x", deadline: Date.now() + 1_000, signal };
}

function measured(run: () => unknown) {
  const began: string[] = [];
  const ended: EndedRequest[] = [];
  const queue = measureQueue({ run: async () => run() } as unknown as MatchQueue, {
    requestBegan: (lane) => void began.push(lane),
    requestEnded: (request) => void ended.push(request),
  });
  return { queue, began, ended };
}

test("an answered match is told with the worker's timings, and its answer passed on as it is", async () => {
  const reply = { kind: "match", timings };
  const { queue, began, ended } = measured(() => reply);
  expect(await queue.run(work, optionsOf())).toBe(reply);
  expect(began).toEqual(["standard"]);
  expect(ended).toEqual([{ lane: "standard", kind: "match", outcome: "ok", seconds: expect.any(Number), timings }]);
});

test("what was encoded is told by its number", async () => {
  const { queue, ended } = measured(() => ({ kind: "encode", storedCount: 7 }));
  await queue.run({ kind: "encode" } as Work, optionsOf());
  expect(ended).toMatchObject([{ kind: "encode", outcome: "ok", encodedCount: 7 }]);
});

test.each([
  [new ServiceError(ErrorReason.QUEUE_FULL, "full"), "queue_full"],
  [new ServiceError(ErrorReason.DEADLINE_EXCEEDED, "late"), "deadline_exceeded"],
  [new TypeError("a mistake"), "internal"],
])("a failure is told by its reason, and passed on as it is: %s", async (error, outcome) => {
  const { queue, ended } = measured(() => Promise.reject(error));
  await expect(queue.run(work, optionsOf())).rejects.toBe(error);
  expect(ended).toMatchObject([{ lane: "standard", kind: "match", outcome }]);
});

test("a caller that has gone before the queue took the request has cancelled it", async () => {
  const signal = AbortSignal.abort();
  const { queue, ended } = measured(() => Promise.reject(signal.reason));
  await expect(queue.run(work, optionsOf(signal))).rejects.toBe(signal.reason);
  expect(ended).toMatchObject([{ outcome: "cancelled" }]);
});

test("a match that is refused before it is prepared has been shed like any other", () => {
  const full = new ServiceError(ErrorReason.QUEUE_FULL, "full");
  const ended: EndedRequest[] = [];
  const checkRoom = () => {
    throw full;
  };
  const queue = measureQueue({ checkRoom } as unknown as MatchQueue, {
    requestBegan: () => {},
    requestEnded: (request) => void ended.push(request),
  });
  expect(() => queue.checkRoom(optionsOf())).toThrow(full);
  expect(ended).toMatchObject([{ lane: "standard", kind: "match", outcome: "queue_full" }]);
});
