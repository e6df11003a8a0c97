import { setTimeout as sleep } from "node:timers/promises";
import type { Collection } from "mongodb";
import { isDuplicateKey } from "./convert-mongo-error.js";
import { keyOf } from "./document-keys.js";
import type { TurnDocument } from "./documents.js";

const PATIENCE_MS = 1_000;
const LOOK_MS = 15;

/**
 * Lets a writer that has lost against quicker ones go first, so that a large batch gets its commit in however many
 * small writes other servers make. A courtesy: the log is right without it, and who waits too long does not wait on.
 */
export class Turns {
  readonly #turns: Collection<TurnDocument>;
  readonly #owner: string;
  /** The tenants whose turn is ours. */
  readonly #taken = new Set<string>();

  constructor(turns: Collection<TurnDocument>, owner: string) {
    this.#turns = turns;
    this.#owner = owner;
  }

  /** Whether no other writer has the tenant's turn. */
  async isFree(tenant: string): Promise<boolean> {
    return (await this.#otherOwner(tenant)) === undefined;
  }

  /** Waits while another writer has the tenant's turn. */
  async await(tenant: string): Promise<void> {
    let owner: string | undefined;
    let since = 0;
    for (;;) {
      const present = await this.#otherOwner(tenant);
      if (present === undefined) return;
      if (present !== owner) [owner, since] = [present, performance.now()];
      if (performance.now() - since > PATIENCE_MS) {
        await this.#turns.deleteOne({ _id: keyOf(tenant, ""), owner });
        return;
      }
      await sleep(LOOK_MS);
    }
  }

  /** Takes the turn, if nobody has it. */
  async take(tenant: string): Promise<void> {
    this.#taken.add(tenant);
    try {
      await this.#turns.insertOne({ _id: keyOf(tenant, ""), owner: this.#owner });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
  }

  /** Gives the turn back, if it is ours. Never fails: others wait no longer than their patience lasts. */
  async giveBack(tenant: string): Promise<void> {
    if (!this.#taken.delete(tenant)) return;
    await this.#turns.deleteOne({ _id: keyOf(tenant, ""), owner: this.#owner }).catch(() => {});
  }

  async #otherOwner(tenant: string): Promise<string | undefined> {
    const turn = await this.#turns.findOne({ _id: keyOf(tenant, "") });
    return turn === null || turn.owner === this.#owner ? undefined : turn.owner;
  }
}
