import type { ReplyCache } from "../matching/reply-cache.js";
import { MAX_BYTES, TTL_MS } from "./cache-limits.js";

interface Kept {
  readonly reply: string;
  readonly bytes: number;
  readonly until: number;
}

/** About what an entry takes beside its text. */
const ENTRY_BYTES = 300;

/** Keeps answers in this process. What nobody has asked for longest makes room. */
export class MemoryReplyCache implements ReplyCache {
  readonly #maxBytes: number;
  readonly #ttlMs: number;
  readonly #now: () => number;
  /** Least recently used first. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor(options: { readonly maxBytes?: number; readonly ttlMs?: number; readonly now?: () => number } = {}) {
    this.#maxBytes = options.maxBytes ?? MAX_BYTES;
    this.#ttlMs = options.ttlMs ?? TTL_MS;
    this.#now = options.now ?? Date.now;
  }

  /** About how much memory the answers take. */
  get bytes(): number {
    return this.#bytes;
  }

  async get(key: string): Promise<string | undefined> {
    const kept = this.#take(key);
    if (kept === undefined || kept.until <= this.#now()) return undefined;
    this.#put(key, kept);
    return kept.reply;
  }

  async set(key: string, reply: string): Promise<void> {
    this.#take(key);
    // A character may take two bytes.
    const bytes = (key.length + reply.length) * 2 + ENTRY_BYTES;
    if (bytes > this.#maxBytes) return;
    this.#put(key, { reply, bytes, until: this.#now() + this.#ttlMs });
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#take(oldest);
    }
  }

  async close(): Promise<void> {
    this.#kept.clear();
    this.#bytes = 0;
  }

  #put(key: string, kept: Kept): void {
    this.#kept.set(key, kept);
    this.#bytes += kept.bytes;
  }

  #take(key: string): Kept | undefined {
    const kept = this.#kept.get(key);
    if (this.#kept.delete(key)) this.#bytes -= kept?.bytes ?? 0;
    return kept;
  }
}
