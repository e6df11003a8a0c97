import { memoryEventStorage, type TrackingPlatform } from "@cinedeepmatch/sdk-core";
import { localEventStorage } from "./local-event-storage.js";

/** What a page lends to tracking. Workers and servers that render pages have no page to leave and keep nothing. */
export function pageTracking(baseUrl: string): TrackingPlatform {
  if (typeof document === "undefined") return { storage: memoryEventStorage(500) };
  return {
    storage: localEventStorage(baseUrl),
    listen({ leave, online }) {
      const stop = new AbortController();
      const options = { signal: stop.signal };
      const onVisibility = () => {
        if (document.visibilityState === "hidden") leave();
      };
      // Phones end hidden pages without a word; the other one is for browsers that leave without hiding.
      document.addEventListener("visibilitychange", onVisibility, options);
      addEventListener("pagehide", leave, options);
      addEventListener("online", online, options);
      return () => stop.abort();
    },
  };
}
