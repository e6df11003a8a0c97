import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CineDeepMatchError, createClient } from "@cinedeepmatch/sdk-node";
import { judgeClock } from "./check-clock.js";
import { type Finding, findingsOf, type Patient } from "./finding.js";
import { askHealth } from "./identify-server.js";

const TIMEOUT_MS = 5_000;
const { ok, warning, problem } = findingsOf("server");

/** Whether the gRPC server answers, is healthy, has workers and a catalogue, and shares our idea of the time. */
export async function checkServer(patient: Patient): Promise<readonly Finding[]> {
  const { url, isUrlGiven } = patient;
  const askedAt = Date.now();
  try {
    const { isServing, clock } = await askHealth(url);
    const healthy = isServing
      ? ok(`The gRPC server at ${url} is healthy.`)
      : problem(
          `The gRPC server at ${url} does not serve yet.`,
          "It waits for a model worker: start one, and look at its log.",
        );
    return [healthy, ...judgeClock(clock, askedAt, Date.now()), ...(await checkCatalogue(patient))];
  } catch (error) {
    const message = `No gRPC server answers at ${url}`;
    const detail = CineDeepMatchError.from(error).message;
    // Where nobody said that there is one, nothing is wrong with its not running.
    return isUrlGiven
      ? [
          problem(
            `${message} (${detail}).`,
            "Start one with: npm start. The address is that of port 9090, not of the gateway.",
          ),
        ]
      : [warning(`${message}.`, "Start one with: npm start. If it runs elsewhere, name it with --url.")];
  }
}

async function checkCatalogue({ url, token, config }: Patient): Promise<readonly Finding[]> {
  const own = await readFile(join(config.dataDirectory, "token"), "utf8").catch(() => "");
  const used = token ?? own.trim();
  if (used === "") return [warning("There is no token to ask it more with.", "Give one with --token.")];
  const client = createClient({ baseUrl: url, token: used, protocol: "grpc", timeoutMs: TIMEOUT_MS });
  try {
    const { movieCount, encodedCount, readyWorkerCount } = await client.catalog.getStatus();
    return [
      readyWorkerCount > 0
        ? ok(`Model workers that are ready: ${readyWorkerCount}.`)
        : problem("No model worker is ready.", "Start one (serve --role worker), and look at its log."),
      judgeCatalogue(movieCount, encodedCount),
    ];
  } catch (error) {
    const { code, message } = CineDeepMatchError.from(error);
    if (code !== "unauthenticated") return [problem(`It does not answer as it should: ${message}`, "Look at its log.")];
    return [problem(`It refuses the token: ${message}`, "Make one where it runs: cinedeepmatch token issue.")];
  }
}

function judgeCatalogue(movies: bigint, encoded: bigint): Finding {
  const [all, ready] = [movies, encoded].map((count) => count.toLocaleString("en"));
  if (movies === 0n) return warning("The catalogue is empty.", "Fill it with: cinedeepmatch import <file>.");
  if (encoded < movies)
    return warning(`${ready} of ${all} movies can be matched.`, "Wait; the model encodes the others.");
  return ok(`All ${all} movies can be matched.`);
}
