import { CineDeepMatchError, type MatchJobResult, type NodeClient } from "@cinedeepmatch/sdk-node";
import { patiently } from "./patiently.ts";

/**
 * Yields a job's results in order until it has ended. The SDK takes up a stream that breaks; after a longer outage than
 * it waits for, the job is watched anew, after the last result.
 */
export async function* followJob(client: NodeClient, id: string): AsyncGenerator<MatchJobResult, void, undefined> {
  for (let afterIndex = -1; ; ) {
    try {
      for await (const { update } of client.matchJobs.watch({ id, afterIndex })) {
        if (update.case !== "result") continue;
        yield update.value;
        afterIndex = update.value.index;
      }
      return;
    } catch (error) {
      if (!CineDeepMatchError.from(error).retryable) throw error;
      await patiently(() => client.matchJobs.get({ id }));
    }
  }
}
