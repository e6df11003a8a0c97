import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ErrorReason } from "@cinedeepmatch/contract";
import { ServiceError } from "../../matching/service-error.js";
import { applyOperations } from "./apply-operations.js";
import { CatalogLog, type DraftCommit, type Head } from "./catalog-log.js";
import type { CatalogCollections, CatalogState } from "./documents.js";
import type { FailingFast } from "./failing-fast.js";
import { OneAtATime } from "./one-at-a-time.js";
import type { OpenMongo } from "./open-mongo.js";
import type { ServerTraits } from "./server-traits.js";
import { Turns } from "./turns.js";

/** A write worked out; without operations, and with texts as they were, nothing is written. */
export interface PlannedWrite<T> extends DraftCommit {
  readonly result: T;
}

/** For the writer of a commit to apply it, before somebody else does. */
const PATIENCE_MS = 2_000;
const LOOK_MS = 10;
const LONGEST_WAIT_MS = 30_000;
const ATTEMPTS = 20;
/** After so many lost attempts a writer asks for the next turn. */
const PATIENT_ATTEMPTS = 2;

/** Writes to catalogues by way of their logs; see `CatalogLog`. */
export class CatalogWriter {
  readonly #collections: CatalogCollections;
  readonly #traits: ServerTraits;
  readonly #failingFast: FailingFast;
  readonly #owner = randomUUID();
  readonly #log: CatalogLog;
  readonly #turns: Turns;
  /** Writers of one process would only lose against each other. */
  readonly #queue = new OneAtATime();
  /** The tokens of the commits that are being applied here. */
  readonly #applying = new Set<string>();
  /** Since when a commit of each tenant has been seen waiting to be applied. */
  readonly #waiting = new Map<string, { readonly token: string; readonly since: number }>();

  constructor({ collections, traits, failingFast }: Pick<OpenMongo, "collections" | "traits" | "failingFast">) {
    this.#collections = collections;
    this.#traits = traits;
    this.#failingFast = failingFast;
    this.#log = new CatalogLog(collections, this.#owner);
    this.#turns = new Turns(collections.turns, this.#owner);
  }

  /**
   * Writes to a tenant's catalogue.
   *
   * @param plan reads what it needs and works out the write; may be called several times, each time on a catalogue that
   *   nobody changes meanwhile if the write is to succeed
   */
  write<T>(tenant: string, plan: (state: CatalogState) => Promise<PlannedWrite<T>>): Promise<T> {
    return this.#queue.run(tenant, async () => {
      try {
        for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
          const written = await this.#attempt(tenant, plan);
          if (written !== undefined) return written.result;
          if (attempt === PATIENT_ATTEMPTS) await this.#turns.take(tenant);
        }
      } finally {
        await this.#turns.giveBack(tenant);
      }
      const message = "Too many writers change the catalogue at the same time.";
      throw new ServiceError(ErrorReason.STORE_UNAVAILABLE, message);
    });
  }

  /** The counts of a tenant's catalogue, and the last revision before which none is in flight. */
  async published(tenant: string): Promise<CatalogState> {
    const head = await this.#log.head(tenant);
    if (head.isApplied) return head.after;
    // Its writer may be gone, and without another write nobody else would ever apply it.
    if (this.#isAbandoned(tenant, head)) await this.#finish(tenant, head);
    return head.before;
  }

  /** The tenants that have movies. */
  tenants(): Promise<string[]> {
    return this.#log.tenants();
  }

  /** Writes, unless another writer was first. */
  async #attempt<T>(
    tenant: string,
    plan: (state: CatalogState) => Promise<PlannedWrite<T>>,
  ): Promise<{ result: T } | undefined> {
    // Those that wait behind a write that got no answer need not find out for themselves.
    const [found, isFree] = await this.#failingFast.read(() =>
      Promise.all([this.#log.head(tenant), this.#turns.isFree(tenant)]),
    );
    return this.#failingFast.run(async () => {
      if (!isFree) await this.#turns.await(tenant);
      const head = isFree && found.isApplied ? found : await this.#appliedHead(tenant);
      const planned = await plan(head.after);
      if (planned.operations.length > 0 || planned.after.textsVersion !== head.after.textsVersion) {
        const commit = await this.#log.append(tenant, head, planned);
        if (commit === undefined) return undefined;
        await this.#apply(tenant, commit, planned.operations);
      }
      return { result: planned.result };
    });
  }

  /** The last commit, once it has been applied. */
  async #appliedHead(tenant: string): Promise<Head> {
    const began = performance.now();
    while (performance.now() - began < LONGEST_WAIT_MS) {
      const head = await this.#log.head(tenant);
      if (head.isApplied) return head;
      if (this.#isAbandoned(tenant, head)) await this.#finish(tenant, head);
      await sleep(LOOK_MS);
    }
    throw new ServiceError(ErrorReason.STORE_UNAVAILABLE, "An earlier write to the catalogue has not been completed.");
  }

  /** Whether nobody seems to be applying a commit. If somebody is, no harm is done. */
  #isAbandoned(tenant: string, { token, owner }: Head): boolean {
    if (this.#applying.has(token)) return false;
    // One of ours that we are not applying is one over which an earlier call failed, or is about to be applied.
    if (owner === this.#owner) return true;
    // Measured on our own clock from when we first saw it, so that no two clocks have to agree.
    const seen = this.#waiting.get(tenant);
    if (seen?.token === token) return performance.now() - seen.since > PATIENCE_MS;
    this.#waiting.set(tenant, { token, since: performance.now() });
    return false;
  }

  async #finish(tenant: string, head: Head): Promise<void> {
    const operations = await this.#log.operations(tenant, head);
    if (operations !== undefined) await this.#apply(tenant, head, operations);
  }

  async #apply(tenant: string, commit: Head, operations: DraftCommit["operations"]): Promise<void> {
    this.#applying.add(commit.token);
    try {
      await applyOperations(this.#collections, commit.number, operations, this.#traits);
      await this.#log.markApplied(tenant, commit);
    } finally {
      this.#applying.delete(commit.token);
    }
  }
}
