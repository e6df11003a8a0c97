import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampNow } from "@bufbuild/protobuf/wkt";
import { type Event, EventSchema } from "./api.js";
import { divideRefused } from "./divide-refused.js";
import { CineDeepMatchError } from "./error.js";
import { type BufferedEvent, EventBuffer } from "./event-buffer.js";
import type { EventStorage } from "./event-storage.js";
import type { Logger } from "./logger.js";
import { randomId } from "./random-id.js";
import { Wake } from "./wake.js";

/** What a platform lends to tracking. */
export interface TrackingPlatform {
  readonly storage: EventStorage;
  /** Calls back when the page is left or hidden, and when the network is back. Returns how to stop that. */
  listen?(on: { readonly leave: () => void; readonly online: () => void }): () => void;
}

/** How tracking is doing. */
export interface TrackingStatus {
  /** Events that wait to be sent, on a page those of its other tabs included. */
  readonly pendingCount: number;
  /** Events that were given up: for want of room, or because the server will never take them. */
  readonly droppedCount: number;
}

/** Records events; all of them or none. */
type Record = (events: readonly Event[], options: { readonly keepalive: boolean }) => Promise<unknown>;

const FLUSH_SIZE = 50;
const FLUSH_MS = 5_000;
const BATCH_SIZE = 500;
const BACK_OFF_MS = 1_000;
const MAX_BACK_OFF_MS = 5 * 60_000;

/** Collects events and sends them together: at 50 of them, after five seconds, and when the page is left. */
export class Tracker {
  readonly #buffer: EventBuffer;
  readonly #record: Record;
  readonly #logger: Logger | undefined;
  readonly #wake = new Wake(() => void this.flush().catch(() => {}));
  readonly #stopListening: (() => void) | undefined;
  #sending: Promise<void> | undefined;
  #isLeaving = false;
  #isClosed = false;
  #failures = 0;
  #droppedCount = 0;

  constructor(platform: TrackingPlatform, record: Record, logger: Logger | undefined) {
    this.#buffer = new EventBuffer(platform.storage, (count) => this.#drop(count, "BUFFER_FULL"));
    this.#record = record;
    this.#logger = logger;
    this.#stopListening = platform.listen?.({
      leave: () => void this.#leave(),
      online: () => this.#wake.now(),
    });
    // What an earlier page could not send.
    if (this.#buffer.size > 0) this.#wake.within(FLUSH_MS);
  }

  /** Takes an event and returns at once. */
  track(event: MessageInitShape<typeof EventSchema>): void {
    if (this.#isClosed) throw new CineDeepMatchError({ code: "failed_precondition", message: "The client is closed" });
    try {
      const id = event.id || randomId();
      this.#buffer.add(create(EventSchema, { eventTime: timestampNow(), ...event, id }));
    } catch (cause) {
      throw new CineDeepMatchError({ code: "invalid_argument", message: "Not an event", cause });
    }
    this.#wake.within(this.#buffer.size >= FLUSH_SIZE ? 0 : FLUSH_MS);
  }

  /** Sends what has been tracked. Rejects where that fails; the events then stay. */
  flush(): Promise<void> {
    this.#sending ??= this.#sendAll();
    return this.#sending;
  }

  /** Sends what has been tracked and takes no more. */
  close(): Promise<void> {
    this.#isClosed = true;
    this.#stopListening?.();
    this.#wake.stop();
    return this.flush();
  }

  status(): TrackingStatus {
    return { pendingCount: this.#buffer.size, droppedCount: this.#droppedCount };
  }

  async #sendAll(): Promise<void> {
    // Not before the promise is kept, which is what the end of this takes back.
    await undefined;
    try {
      for (let batch = this.#next(); batch.length > 0; batch = this.#next()) await this.#send(batch, false);
      this.#failures = 0;
      this.#wake.reset();
    } catch (failure) {
      const { retryAfterMs } = CineDeepMatchError.from(failure);
      const backOffMs = Math.random() * Math.min(MAX_BACK_OFF_MS, BACK_OFF_MS * 2 ** ++this.#failures);
      if (!this.#isClosed) this.#wake.notBefore(Math.max(BACK_OFF_MS, backOffMs, retryAfterMs ?? 0));
      throw failure;
    } finally {
      this.#sending = undefined;
    }
  }

  #next(): BufferedEvent[] {
    return this.#buffer.oldest(BATCH_SIZE);
  }

  async #send(batch: readonly BufferedEvent[], keepalive: boolean): Promise<void> {
    const keys = batch.map(({ key }) => key);
    try {
      const events = batch.map(({ event }) => event);
      await this.#record(events, { keepalive });
      this.#buffer.remove(keys);
    } catch (failure) {
      const error = CineDeepMatchError.from(failure);
      const division = divideRefused(batch, error);
      if (division === undefined) throw error;
      const { hopeless, again } = division;
      this.#buffer.remove(hopeless.map(({ key }) => key));
      if (hopeless.length > 0) this.#drop(hopeless.length, error.reason);
      for (const part of again) if (part.length > 0) await this.#send(part, keepalive);
    }
  }

  /** Also while a call is under way, which may not outlive the page; what is sent twice counts once. */
  async #leave(): Promise<void> {
    const batch = this.#buffer.oldest(FLUSH_SIZE);
    if (this.#isLeaving || batch.length === 0) return;
    this.#isLeaving = true;
    try {
      await this.#send(batch, true);
    } catch {
      // Stays for the next page.
    } finally {
      this.#isLeaving = false;
    }
  }

  #drop(count: number, reason: string | undefined): void {
    this.#droppedCount += count;
    this.#logger?.warn("cinedeepmatch: events dropped", { count, reason });
  }
}
