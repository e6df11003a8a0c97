import { setTimeout as sleep } from "node:timers/promises";

const TITLES = "landmark";

/**
 * A client that tries nothing again. A call was accepted unless it was refused before anything was done for it: the
 * connection could not be made or took no more of the call, or the server said that it has too much to do.
 */
export async function callPlainly(deployment, through, signal) {
  const client = deployment.connect(through);
  const seen = { through, calls: 0, ok: 0, refused: 0, acceptedAndFailed: 0, failures: {} };
  while (!signal.aborted) {
    seen.calls++;
    try {
      await client.match({ text: TITLES, pageSize: 1 }, { timeoutMs: 20_000 });
      seen.ok++;
    } catch (error) {
      seen[isRefusal(error) ? "refused" : "acceptedAndFailed"]++;
      count(seen.failures, error);
      await sleep(50);
    }
    await sleep(5);
  }
  return seen;
}

function isRefusal({ message, reason }) {
  if (reason !== undefined) return reason === "SERVER_UNREACHED" || reason === "QUEUE_FULL";
  return /ECONNREFUSED|REFUSED_STREAM|write EPIPE/.test(message);
}

/** A client of the SDK's with more patience than by default, as a back end that outlasts upgrades has. */
export async function callPatiently(deployment, through, signal) {
  const client = deployment.reach(through, { maxRetries: 12, timeoutMs: 30_000 });
  const seen = { through, calls: 0, ok: 0, failed: 0, failures: {} };
  for (let number = 0; !signal.aborted; number++) {
    seen.calls++;
    try {
      if (number % 4 === 3) {
        const event = { id: `${through}-${number}`, userId: "restarts", movieId: "landmark-1", type: 1 };
        await client.activity.record([event]);
      } else {
        await client.match({ text: TITLES, pageSize: 1 });
      }
      seen.ok++;
    } catch (error) {
      seen.failed++;
      count(seen.failures, error);
    }
    await sleep(10);
  }
  return seen;
}

function count(failures, { code, reason, message }) {
  const name = `${code} ${reason ?? message}`.replace(/127\.0\.0\.1:\d+/, "…").slice(0, 80);
  failures[name] = (failures[name] ?? 0) + 1;
}
