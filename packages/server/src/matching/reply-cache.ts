/**
 * Keeps answers for a while, by a key that says everything that an answer depends on but the state of the catalogue,
 * which the answer itself tells. In memory for one process; in Redis for several servers.
 */
export interface ReplyCache {
  /** What was kept under a key; undefined when that is too long ago or was never. Never fails. */
  get(key: string): Promise<string | undefined>;
  /** Keeps it, if there is room. Resolves when it is kept or is not going to be; never fails. */
  set(key: string, reply: string): Promise<void>;
  close(): Promise<void>;
}
