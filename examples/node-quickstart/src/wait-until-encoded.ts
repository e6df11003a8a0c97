import type { NodeClient } from "@cinedeepmatch/sdk-node";

const PAUSE_MS = 250;

/** Waits until the model has encoded every movie of the catalogue, so that all of them can be matched. */
export async function waitUntilEncoded(client: NodeClient, signal: AbortSignal): Promise<bigint> {
  for (;;) {
    const { movieCount, encodedCount } = await client.catalog.getStatus({ signal });
    if (encodedCount >= movieCount) return encodedCount;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
