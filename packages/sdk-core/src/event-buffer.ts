import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { base64Decode, base64Encode } from "@bufbuild/protobuf/wire";
import { type Event, EventSchema } from "./api.js";
import type { EventStorage } from "./event-storage.js";

/** An event that waits to be sent. */
export interface BufferedEvent {
  readonly key: string;
  readonly event: Event;
}

/** Keeps events in the order they came in, up to the storage's capacity. */
export class EventBuffer {
  readonly #storage: EventStorage;
  readonly #onDrop: (count: number) => void;
  #added = 0;

  /**
   * @param storage - may be shared with the buffers of other clients, which then send its events too
   * @param onDrop - told how many events were dropped for want of room
   */
  constructor(storage: EventStorage, onDrop: (count: number) => void) {
    this.#storage = storage;
    this.#onDrop = onDrop;
  }

  get size(): number {
    return this.#storage.size();
  }

  /** Adds an event, dropping the oldest where there is no room. Throws where a field is out of its type's range. */
  add(event: Event): void {
    const { id } = event;
    // One key per event: two pages that share a storage never write over each other's.
    const key = [inOrder(Date.now(), 9), inOrder(this.#added++, 6), id].join("-");
    this.#storage.set(key, base64Encode(toBinary(EventSchema, event)));
    const surplus = this.#storage.size() - this.#storage.capacity;
    if (surplus <= 0) return;
    this.remove(this.#storage.oldest(surplus));
    this.#onDrop(surplus);
  }

  /** Returns the oldest events, which stay until they are removed. */
  oldest(count: number): BufferedEvent[] {
    return this.#storage.oldest(count).flatMap((key) => {
      const event = read(this.#storage.get(key));
      if (event !== undefined) return [{ key, event }];
      // Sent by another page in this moment, or not ours to read.
      this.#storage.delete(key);
      return [];
    });
  }

  /** Removes events; those that are gone already do no harm. */
  remove(keys: readonly string[]): void {
    for (const key of keys) this.#storage.delete(key);
  }
}

/** A number whose texts sort as the numbers do. */
function inOrder(value: number, length: number): string {
  return value.toString(36).padStart(length, "0");
}

function read(text: string | undefined): Event | undefined {
  try {
    return text === undefined ? undefined : fromBinary(EventSchema, base64Decode(text));
  } catch {
    return undefined;
  }
}
