import { randomUUID } from "node:crypto";
import { ErrorReason } from "@cinedeepmatch/contract";
import { ServiceError } from "../../matching/service-error.js";
import { isDuplicateKey } from "./convert-mongo-error.js";
import { keyOf, keysOf, tenantOf } from "./document-keys.js";
import type { CatalogCollections, CatalogState, CommitDocument, Operation } from "./documents.js";
import { splitOperations } from "./split-operations.js";

/** The last commit of a tenant. */
export type Head = Omit<CommitDocument, "_id" | "operations">;

/** What a commit is to do, and the counts after it. */
export interface DraftCommit {
  readonly operations: readonly Operation[];
  readonly after: CatalogState;
}

const EMPTY: CatalogState = { revision: 0, movieCount: 0, personCount: 0, encodedCounts: {} };
const BEGINNING: Head = {
  number: 0,
  token: "",
  previous: "",
  owner: "",
  before: EMPTY,
  after: EMPTY,
  isApplied: true,
  partCount: 0,
};
const KEPT = 8;

/**
 * The writes to a catalogue, numbered from 1 within each tenant: what makes a write of many documents atomic without
 * transactions, which need a replica set and which FerretDB does not have.
 *
 * A commit is a document that says everything that the write does to other documents. To insert it is to make the
 * write: `_id` is unique, so that of all writers that have read commit n one alone can insert n + 1. Whatever happens
 * afterwards, the write takes place: what has been committed is applied by its writer or, if that one is gone, by
 * whoever comes next (`CatalogWriter`), and before it has been applied nobody commits n + 2. Until a commit has been
 * applied its revisions are not published: the feed ends with those of the commit before it. So no reader passes over
 * a revision that is still in flight.
 *
 * Applied commits are removed some time later. A writer that has slept since it read commit n might therefore insert
 * n + 1 a second time; that is why `append` looks afterwards whether its commit is part of the chain.
 */
export class CatalogLog {
  readonly #collections: CatalogCollections;
  readonly #owner: string;

  constructor(collections: CatalogCollections, owner: string) {
    this.#collections = collections;
    this.#owner = owner;
  }

  /** The tenant's last commit. */
  async head(tenant: string): Promise<Head> {
    const [last] = await this.#collections.commits
      .find({ _id: keysOf(tenant) }, { projection: { operations: 0 }, sort: { _id: -1 }, limit: 1 })
      .toArray();
    return last ?? BEGINNING;
  }

  /** The tenants that had movies after their last commit or one of those just before it. */
  async tenants(): Promise<string[]> {
    // A few for each.
    const commits = await this.#collections.commits
      .find({ "after.movieCount": { $gt: 0 } }, { projection: { _id: 1 } })
      .toArray();
    return [...new Set(commits.map(({ _id }) => tenantOf(_id)))].sort();
  }

  /**
   * Adds a commit after `head`, which must have been applied.
   *
   * @returns the commit, or undefined when another writer's came first and nothing was written
   * @throws ServiceError STORE_UNAVAILABLE when it cannot be told; the write may take place
   */
  async append(tenant: string, head: Head, draft: DraftCommit): Promise<CommitDocument | undefined> {
    const number = head.number + 1;
    const token = randomUUID();
    const { inline, parts } = splitOperations(draft.operations);
    if (parts.length > 0) {
      await this.#collections.commitParts.insertMany(
        parts.map((operations, part) => ({ _id: `${token}/${part}`, operations })),
      );
    }
    const commit: CommitDocument = {
      _id: keyOfCommit(tenant, number),
      number,
      token,
      previous: head.token,
      owner: this.#owner,
      before: head.after,
      after: { ...draft.after, catalogId: draft.after.catalogId ?? randomUUID() },
      isApplied: false,
      partCount: parts.length,
      ...(inline && { operations: inline }),
    };
    try {
      await this.#collections.commits.insertOne(commit);
    } catch (error) {
      // It may be our own: the driver repeats an insert whose answer was lost.
      if (!isDuplicateKey(error)) throw error;
    }
    if (await this.#isPartOfChain(tenant, commit)) return commit;
    await this.#discard(commit);
    return undefined;
  }

  /** What a commit does; undefined when it has been done meanwhile. */
  async operations(tenant: string, { number, token, partCount }: Head): Promise<Operation[] | undefined> {
    const commit = await this.#collections.commits.findOne({ _id: keyOfCommit(tenant, number) });
    if (commit === null || commit.token !== token || commit.isApplied) return undefined;
    if (partCount === 0) return [...(commit.operations ?? [])];
    const parts = await Promise.all(
      Array.from({ length: partCount }, (_, part) =>
        this.#collections.commitParts.findOne({ _id: `${token}/${part}` }),
      ),
    );
    return parts.some((part) => part === null) ? undefined : parts.flatMap((part) => part?.operations ?? []);
  }

  /** Publishes a commit whose operations have all been done, and makes room. */
  async markApplied(tenant: string, { number, token, partCount }: Head): Promise<void> {
    const { commits, commitParts } = this.#collections;
    // The key alone: a stale commit of this number would be a lesser evil than a search on every write.
    await commits.updateOne(
      { _id: keyOfCommit(tenant, number) },
      { $set: { isApplied: true }, $unset: { operations: "" } },
    );
    if (partCount > 0) await commitParts.deleteMany({ _id: { $in: partKeys(token, partCount) } });
    if (number % KEPT !== 0) return;
    await commits.deleteMany({ _id: { $gt: keysOf(tenant).$gt, $lt: keyOfCommit(tenant, number - KEPT) } });
  }

  /** Whether a commit of ours is the one of its number that counts. */
  async #isPartOfChain(tenant: string, { number, token }: CommitDocument): Promise<boolean> {
    const head = await this.head(tenant);
    if (head.number === number) return head.token === token;
    // Whoever committed after us names us. If that commit has been removed already, nobody knows any more.
    const next = await this.#collections.commits.findOne({ _id: keyOfCommit(tenant, number + 1) });
    if (next !== null && head.number > number) return next.previous === token;
    throw new ServiceError(ErrorReason.STORE_UNAVAILABLE, "It is not known whether the write took place.");
  }

  async #discard({ _id, token, partCount }: CommitDocument): Promise<void> {
    const { commits, commitParts } = this.#collections;
    await commits.deleteOne({ _id, token });
    if (partCount > 0) await commitParts.deleteMany({ _id: { $in: partKeys(token, partCount) } });
  }
}

function keyOfCommit(tenant: string, number: number): string {
  // In the order of the numbers.
  return keyOf(tenant, String(number).padStart(15, "0"));
}

function partKeys(token: string, partCount: number): string[] {
  return Array.from({ length: partCount }, (_, part) => `${token}/${part}`);
}
