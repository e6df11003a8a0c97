import type { CatalogStatus, Client } from "@cinedeepmatch/sdk-web";
import { useEffect, useState } from "react";

/** Tells whether every movie of the catalogue can be matched. */
export function isComplete({ movieCount, encodedCount, readyWorkerCount }: CatalogStatus): boolean {
  return movieCount > 0n && encodedCount >= movieCount && readyWorkerCount > 0;
}

/** How far the catalogue is; asked again while the model is still encoding. */
export function useCatalogStatus(client: Client, userId: string | undefined): CatalogStatus | undefined {
  const [status, setStatus] = useState<CatalogStatus>();
  const done = status !== undefined && isComplete(status);

  useEffect(() => {
    if (userId === undefined || done) return;
    const ask = () => client.catalog.getStatus().then(setStatus, () => {});
    void ask();
    const timer = setInterval(ask, 2000);
    return () => clearInterval(timer);
  }, [client, userId, done]);

  return status;
}
