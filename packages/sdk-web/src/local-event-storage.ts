import { type EventStorage, memoryEventStorage } from "@cinedeepmatch/sdk-core";

/** A few hundred bytes each, of the five megabytes that an origin has. */
const CAPACITY = 500;

/**
 * Keeps events in `localStorage`, which all pages of an origin share and which can be written while a page is being
 * left. What does not fit there, or all of it where the browser denies the storage, stays in memory.
 *
 * @param scope - tells the events for one server from those for another
 */
export function localEventStorage(scope: string): EventStorage {
  const memory = memoryEventStorage(CAPACITY);
  const storage = allowedStorage();
  if (storage === undefined) return memory;
  const prefix = `cinedeepmatch:${scope}:`;
  const keys = () => {
    const all = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
    return all.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  };
  return {
    capacity: CAPACITY,
    size: () => keys().length + memory.size(),
    oldest: (count) => [...keys(), ...memory.oldest(count)].sort().slice(0, count),
    get: (key) => storage.getItem(prefix + key) ?? memory.get(key),
    set: (key, text) => {
      try {
        storage.setItem(prefix + key, text);
      } catch {
        memory.set(key, text);
      }
    },
    delete: (key) => {
      storage.removeItem(prefix + key);
      memory.delete(key);
    },
  };
}

function allowedStorage(): Storage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}
