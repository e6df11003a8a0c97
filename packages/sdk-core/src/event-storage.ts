/** Where tracked events wait to be sent, as texts under keys. Keys sort as the events were added. */
export interface EventStorage {
  /** How many events are kept; beyond it the oldest are dropped. */
  readonly capacity: number;
  size(): number;
  /** The keys of the oldest events, oldest first. */
  oldest(count: number): string[];
  get(key: string): string | undefined;
  set(key: string, text: string): void;
  delete(key: string): void;
}

/** Keeps events for as long as the process or page lasts. */
export function memoryEventStorage(capacity: number): EventStorage {
  const texts = new Map<string, string>();
  return {
    capacity,
    size: () => texts.size,
    oldest: (count) => {
      const keys: string[] = [];
      for (const key of texts.keys()) if (keys.push(key) >= count) break;
      return keys;
    },
    get: (key) => texts.get(key),
    set: (key, text) => void texts.set(key, text),
    delete: (key) => void texts.delete(key),
  };
}
