import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  ErrorReason,
  type MatchJobResult,
  MatchJobResultSchema,
  type MatchRequest,
  MatchRequestSchema,
} from "@cinedeepmatch/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JobClaim, JobOwner, MatchJobStore, NewMatchJob } from "../matching/match-job-store.js";

/** A kind of match job store that the suite can test. */
export interface MatchJobStoreFixture {
  /** Opens the store; after `close` the same one again, with what was written. */
  open(): Promise<MatchJobStore>;
  close(): Promise<void>;
}

const LEASE_MS = 60_000;
const KEEP_MS = 60_000;

function request(text: string, fields: MessageInitShape<typeof MatchRequestSchema> = {}): MatchRequest {
  return create(MatchRequestSchema, { text, ...fields });
}

function newJob(texts: readonly string[], fields: Partial<NewMatchJob> = {}): NewMatchJob {
  const requests = texts.map((text) => request(text));
  return { requests, requestId: "", digest: texts.join(), keepMs: KEEP_MS, ...fields };
}

function answered(index: number, matchId = `${index}`): MatchJobResult {
  return create(MatchJobResultSchema, { index, response: { matchId } });
}

function failed(index: number): MatchJobResult {
  return create(MatchJobResultSchema, { index, errorReason: "QUERY_EMPTY", errorMessage: "a \0 and \u{1f3ac}" });
}

/** The tests that every match job store must pass. */
export function testMatchJobStore(name: string, fixture: MatchJobStoreFixture): void {
  describe(name, () => {
    let store: MatchJobStore;
    let count = 0;
    const newOwner = (): JobOwner => ({ tenant: `jobs-${++count}`, subject: "one" });
    const indexesOf = async (owner: JobOwner, id: string, after = -1, limit = 100) =>
      (await store.resultsAfter(owner, id, after, limit)).map(({ result }) => result.index);
    /** Claims the job of this owner and leaves no other behind that is claimed. */
    const claimOf = async (owner: JobOwner): Promise<JobClaim> => {
      const others: JobClaim[] = [];
      for (let claim = await store.claim(LEASE_MS); claim !== undefined; claim = await store.claim(LEASE_MS)) {
        if (claim.tenant === owner.tenant) {
          for (const other of others) await store.release(other);
          return claim;
        }
        others.push(claim);
      }
      throw new Error("there is no job to claim");
    };
    beforeAll(async () => {
      store = await fixture.open();
    });
    afterAll(() => fixture.close());

    test("a job is worked on to its end, and its results are read in order", async () => {
      const owner = newOwner();
      const requests = [request("a"), request("b", { readMask: { paths: ["id", "title"] } }), request("c")];
      const job = await store.create(owner, { ...newJob([]), requests });
      expect(job).toMatchObject({ state: "queued", requestCount: 3, succeededCount: 0, failedCount: 0 });
      expect(job.expiresAt - job.createdAt).toBeGreaterThanOrEqual(KEEP_MS - 1_000);
      const claim = await claimOf(owner);
      expect(claim).toMatchObject({ ...owner, id: job.id });
      expect((await store.get(owner, job.id))?.state).toBe("running");
      const pending = await store.pendingRequests(claim, 2);
      expect(pending.map(({ index, request: { text } }) => [index, text])).toEqual([
        [0, "a"],
        [1, "b"],
      ]);
      expect(await store.storeResults(claim, [answered(2), failed(1)], LEASE_MS)).toBe(true);
      expect(await indexesOf(owner, job.id)).toEqual([]);
      expect(await store.storeResults(claim, [answered(0)], LEASE_MS)).toBe(true);
      expect(await indexesOf(owner, job.id)).toEqual([0, 1, 2]);
      expect(await indexesOf(owner, job.id, 0, 1)).toEqual([1]);
      const [, second] = await store.resultsAfter(owner, job.id, -1, 10);
      expect(second).toMatchObject({ readMask: ["id", "title"], result: failed(1) });
      await store.release(claim);
      const ended = await store.get(owner, job.id);
      expect(ended).toMatchObject({ state: "done", succeededCount: 2, failedCount: 1 });
      expect(ended?.endedAt).toBeGreaterThanOrEqual(job.createdAt);
    });

    test("a result is stored once: a second one for the same request changes nothing and is not counted", async () => {
      const owner = newOwner();
      const { id } = await store.create(owner, newJob(["a", "b"]));
      const claim = await claimOf(owner);
      await store.storeResults(claim, [answered(0, "first")], LEASE_MS);
      await store.storeResults(claim, [answered(0, "second"), answered(1)], LEASE_MS);
      const results = await store.resultsAfter(owner, id, -1, 10);
      expect(results.map(({ result }) => result.response?.matchId)).toEqual(["first", "1"]);
      expect(await store.get(owner, id)).toMatchObject({ succeededCount: 2 });
    });

    test("whoever holds a job keeps others away; when the lease is over another has it, and the first stores nothing", async () => {
      const owner = newOwner();
      const { id } = await store.create(owner, newJob(["a", "b"]));
      const first = await claimOf(owner);
      await expect(claimOf(owner)).rejects.toThrow();
      expect(await store.renew(first, 0)).toBe(true);
      const second = await claimOf(owner);
      expect(second.lease).not.toBe(first.lease);
      expect(await store.renew(first, LEASE_MS)).toBe(false);
      expect(await store.storeResults(first, [answered(0, "late")], LEASE_MS)).toBe(false);
      await store.release(first);
      expect(await store.storeResults(second, [answered(0), answered(1)], LEASE_MS)).toBe(true);
      await store.release(second);
      expect(await store.get(owner, id)).toMatchObject({ state: "done", succeededCount: 2 });
      await expect(claimOf(owner)).rejects.toThrow();
    });

    test("of many that ask at once, each gets another job", async () => {
      const owners = Array.from({ length: 8 }, newOwner);
      const jobs = await Promise.all(owners.map((owner) => store.create(owner, newJob(["a"]))));
      const claims = await Promise.all(Array.from({ length: 20 }, () => store.claim(LEASE_MS)));
      const ids = claims.flatMap((claim) => claim?.id ?? []);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toEqual(expect.arrayContaining(jobs.map(({ id }) => id)));
      for (const claim of claims) if (claim !== undefined) await store.release(claim);
      for (const [at, owner] of owners.entries()) await store.cancel(owner, jobs[at]?.id ?? "");
    });

    test("a tenant with many jobs does not keep one with a single job waiting", async () => {
      const [many, single] = [newOwner(), newOwner()];
      for (let at = 0; at < 5; at++) await store.create(many, newJob(["a"]));
      await store.create(single, newJob(["a"]));
      const claims = [await store.claim(LEASE_MS), await store.claim(LEASE_MS)];
      expect(claims.map((claim) => claim?.tenant).sort()).toEqual([many.tenant, single.tenant]);
      for (const claim of claims) if (claim !== undefined) await store.release(claim);
      // Nobody holds anything: the job that was served longest ago is next.
      const next = await store.claim(LEASE_MS);
      expect(claims.map((claim) => claim?.id)).not.toContain(next?.id);
      if (next !== undefined) await store.storeResults(next, [answered(0)], 0);
    });

    test("the same request id and content give the first job again, other content is refused", async () => {
      const owner = newOwner();
      const once = newJob(["a"], { requestId: "nightly" });
      const created = await Promise.all(Array.from({ length: 8 }, () => store.create(owner, once)));
      expect(new Set(created.map(({ id }) => id)).size).toBe(1);
      const other = store.create(owner, newJob(["b"], { requestId: "nightly" }));
      await expect(other).rejects.toMatchObject({ reason: ErrorReason.REQUEST_ID_TAKEN });
      const another = await store.create({ ...owner, subject: "two" }, once);
      expect(another.id).not.toBe(created[0]?.id);
      const [first, second] = [await store.create(owner, newJob(["a"])), await store.create(owner, newJob(["a"]))];
      expect(first.id).not.toBe(second.id);
    });

    test("tenants and subjects have no jobs of each other's", async () => {
      const owner = newOwner();
      const { id } = await store.create(owner, newJob(["a"]));
      const claim = await claimOf(owner);
      await store.storeResults(claim, [answered(0)], LEASE_MS);
      for (const other of [newOwner(), { ...owner, subject: "two" }]) {
        expect(await store.get(other, id)).toBeUndefined();
        expect(await store.cancel(other, id)).toBeUndefined();
        expect(await store.resultsAfter(other, id, -1, 10)).toEqual([]);
      }
      expect(await store.get(owner, id)).toMatchObject({ state: "running" });
      await store.release(claim);
    });

    test("a cancelled job keeps its results, those behind a gap included, and takes no more", async () => {
      const owner = newOwner();
      const { id } = await store.create(owner, newJob(["a", "b", "c"]));
      const claim = await claimOf(owner);
      await store.storeResults(claim, [answered(0), answered(2)], LEASE_MS);
      expect(await indexesOf(owner, id)).toEqual([0]);
      expect(await store.cancel(owner, id)).toMatchObject({ state: "cancelled", succeededCount: 2 });
      expect(await store.storeResults(claim, [answered(1)], LEASE_MS)).toBe(false);
      expect(await store.renew(claim, LEASE_MS)).toBe(false);
      await store.release(claim);
      expect(await indexesOf(owner, id)).toEqual([0, 2]);
      const again = await store.cancel(owner, id);
      expect(again).toEqual(await store.get(owner, id));
      await expect(claimOf(owner)).rejects.toThrow();
    });

    test("a job that has ended stays done when it is cancelled", async () => {
      const owner = newOwner();
      const { id } = await store.create(owner, newJob(["a"]));
      const claim = await claimOf(owner);
      await store.storeResults(claim, [answered(0)], LEASE_MS);
      await store.release(claim);
      expect(await store.cancel(owner, id)).toMatchObject({ state: "done" });
    });

    test("a user is erased from every job, and the other results keep their index", async () => {
      const owner = newOwner();
      const requests = [request("", { userId: "ann" }), request("b"), request("", { userId: "ann" }), request("d")];
      const running = await store.create(owner, { ...newJob([]), requests });
      const claim = await claimOf(owner);
      await store.storeResults(claim, [answered(0), answered(1)], LEASE_MS);
      const done = await store.create({ ...owner, subject: "two" }, { ...newJob([]), requests: requests.slice(0, 1) });
      expect(await store.deleteForUser(newOwner().tenant, "ann")).toBe(0);
      expect(await store.deleteForUser(owner.tenant, "ann")).toBe(3);
      expect(await store.deleteForUser(owner.tenant, "ann")).toBe(0);
      expect(await store.get(owner, running.id)).toMatchObject({ succeededCount: 1, failedCount: 2 });
      expect(await store.storeResults(claim, [answered(2, "too late"), answered(3)], LEASE_MS)).toBe(true);
      await store.release(claim);
      const results = await store.resultsAfter(owner, running.id, -1, 10);
      expect(results.map(({ result }) => result.errorReason)).toEqual(["CANCELLED", "", "CANCELLED", ""]);
      expect(await store.get(owner, running.id)).toMatchObject({ state: "done", succeededCount: 2, failedCount: 2 });
      await store.cancel({ ...owner, subject: "two" }, done.id);
    });

    test("an expired job is nobody's any more, and pruning deletes it and no other", async () => {
      const owner = newOwner();
      const texts = Array.from({ length: 1_200 }, (_, index) => `${index}`);
      const expired = await store.create(owner, newJob(texts, { keepMs: 0, requestId: "again" }));
      const kept = await store.create(owner, newJob(["a"]));
      expect(await store.get(owner, expired.id)).toBeUndefined();
      expect(await store.resultsAfter(owner, expired.id, -1, 10)).toEqual([]);
      expect(await store.prune()).toBe(1);
      expect(await store.prune()).toBe(0);
      expect(await store.get(owner, kept.id)).toBeDefined();
      expect((await store.create(owner, newJob(["other"], { requestId: "again" }))).id).not.toBe(expired.id);
    });

    test("a tenant has no more jobs at once than it may, and another is not held up by that", async () => {
      const [owner, other] = [newOwner(), newOwner()];
      const jobs = [];
      for (let at = 0; at < 100; at++) jobs.push(await store.create(owner, newJob(["a"])));
      await expect(store.create(owner, newJob(["a"]))).rejects.toMatchObject({ reason: ErrorReason.TOO_MANY_JOBS });
      await store.create(other, newJob(["a"]));
      await store.cancel(owner, jobs[0]?.id ?? "");
      await store.create(owner, newJob(["a"]));
    });

    test("a job with a text that cannot be stored leaves nothing behind", async () => {
      const owner = newOwner();
      const bad = { ...newJob([]), requests: [request("a"), request("b", { userId: "\0" })], requestId: "bad" };
      await expect(store.create(owner, bad)).rejects.toMatchObject({ reason: ErrorReason.FIELD_INVALID });
      await store.create(owner, newJob(["a"], { requestId: "bad" }));
    });

    test("everything is there after reopening", async () => {
      const owner = newOwner();
      const { id } = await store.create(owner, newJob(["a", "b"]));
      const claim = await claimOf(owner);
      await store.storeResults(claim, [answered(0)], 0);
      await fixture.close();
      store = await fixture.open();
      expect(await indexesOf(owner, id)).toEqual([0]);
      const next = await claimOf(owner);
      expect((await store.pendingRequests(next, 10)).map(({ index }) => index)).toEqual([1]);
    });
  });
}
