import { setTimeout as sleep } from "node:timers/promises";
import { CineDeepMatchError, EventType, type NodeClient } from "@cinedeepmatch/sdk-node";
import type { Attempt, History, Operation, Outcome } from "./history.js";
import type { SeededRandom } from "./seeded-random.js";

/** The longest that any client waits for an answer. */
export const TIMEOUT_MS = 20_000;
const WRITE_TIMEOUT_MS = 5_000;
const PROBE_TIMEOUT_MS = 3_000;
const MOVIES_PER_WRITER = 5;

/** After these the server says that nothing was done. After any other failure nobody knows. */
const REFUSALS = new Set([
  "invalid_argument",
  "unauthenticated",
  "permission_denied",
  "resource_exhausted",
  "not_found",
  "aborted",
  "unimplemented",
]);

/** What clients work with. */
export interface ClientParts {
  /** Never tries again by itself: every attempt stands in the history. */
  readonly client: NodeClient;
  readonly history: History;
  readonly random: SeededRandom;
  /** Ends the work. */
  readonly signal: AbortSignal;
}

/** What the clients' names begin with that ask for what nobody has asked for before. */
export const PROBE = "probe";

/** The movies that stand still, for matches to find. */
export const LANDMARKS = Array.from({ length: 40 }, (_, index) => ({
  id: `landmark-${index}`,
  title: `${name(index)} ${name(index + 17)} Chronicle`,
  synopsis: `${name(index + 29)} keeps the ${name(index + 3)} archive.`,
}));

/** A word that no other movie has. */
function name(index: number): string {
  const syllables = ["vor", "ket", "lim", "dra", "zul", "pem", "gho"];
  const at = (step: number) => syllables[(index * step + step) % syllables.length];
  return `${at(1)}${at(2)}${at(3)}${String.fromCharCode(97 + (index % 26))}${String.fromCharCode(97 + ((index * 7) % 26))}`;
}

/** Writes the movies that stand still. */
export async function writeLandmarks(client: NodeClient, history: History): Promise<void> {
  const attempts = LANDMARKS.map(({ id }) =>
    history.invoke({ operation: "movie", client: "landmarks", key: id, value: "1" }),
  );
  await client.catalog.batchUpsertMovies({ movies: LANDMARKS.map((movie) => ({ ...movie, originalTitle: "v1" })) });
  for (const attempt of attempts) history.end(attempt, "ok", "");
}

/** Records events, each of them until it is acknowledged or refused, always with the same id. */
export async function writeEvents(who: string, parts: ClientParts): Promise<void> {
  for (let number = 0; !parts.signal.aborted; number++) {
    const id = `${who}-${number}`;
    const event = { id, userId: who, movieId: LANDMARKS[number % LANDMARKS.length]?.id ?? "", type: EventType.VIEWED };
    let outcome: Outcome = "unknown";
    while (outcome === "unknown" && !parts.signal.aborted) {
      const given = { operation: "event", client: who, key: id, value: "" } as const;
      outcome = await attempt(given, parts, async (options) => {
        const { recordedCount } = await parts.client.activity.record([event], options);
        return String(recordedCount);
      });
    }
    await pause(parts, 50);
  }
}

/** Writes movies of its own, one version after the other. */
export async function writeMovies(who: string, parts: ClientParts): Promise<void> {
  for (let version = 1; !parts.signal.aborted; version++) {
    const id = `${who}-${version % MOVIES_PER_WRITER}`;
    const movie = { id, title: `Notes of ${who}`, synopsis: `Draft ${version}`, originalTitle: `v${version}` };
    const given = { operation: "movie", client: who, key: id, value: String(version) } as const;
    await attempt(given, parts, async (options) => {
      await parts.client.catalog.batchUpsertMovies({ movies: [movie] }, options);
      return "";
    });
    await pause(parts, 250);
  }
}

/** Matches by titles, with the patience of somebody whose worker may die. */
export function matchPatiently(who: string, parts: ClientParts): Promise<void> {
  return match(who, parts, { timeoutMs: TIMEOUT_MS, isNew: false });
}

/** Matches by what nobody has asked for before, with little patience: shows how soon ranking works again. */
export function probeMatches(who: string, parts: ClientParts): Promise<void> {
  return match(who, parts, { timeoutMs: PROBE_TIMEOUT_MS, isNew: true });
}

async function match(who: string, parts: ClientParts, how: { timeoutMs: number; isNew: boolean }): Promise<void> {
  for (let number = 0; !parts.signal.aborted; number++) {
    const wanted = LANDMARKS[Math.floor(parts.random.between(0, LANDMARKS.length))];
    const given = { operation: "match", client: who, key: `${who}-${number}`, value: wanted?.id ?? "" } as const;
    const ask = async (options: { timeoutMs: number }) => {
      // An answer may be used again for the same text; a number that no movie has changes nothing in what is found.
      const text = how.isNew ? `${wanted?.title} ${number}` : `${wanted?.title}`;
      const { results } = await parts.client.match({ text, pageSize: 1 }, options);
      return results[0]?.movie?.id ?? "nothing";
    };
    await attempt(given, parts, ask, how.timeoutMs);
    await pause(parts, 60);
  }
}

async function attempt(
  given: Pick<Attempt, "client" | "key" | "value"> & { operation: Operation },
  { history, signal }: ClientParts,
  run: (options: { timeoutMs: number }) => Promise<string>,
  timeoutMs = WRITE_TIMEOUT_MS,
): Promise<Outcome> {
  const invoked = history.invoke(given);
  try {
    history.end(invoked, "ok", await run({ timeoutMs }));
    return "ok";
  } catch (error) {
    const { code, reason, message } = error as CineDeepMatchError;
    if (!(error instanceof CineDeepMatchError)) throw error;
    const outcome = REFUSALS.has(code) ? "fail" : "unknown";
    history.end(invoked, outcome, `${code} ${reason ?? message}`);
    await sleep(200, undefined, { signal }).catch(() => {});
    return outcome;
  }
}

async function pause({ random, signal }: ClientParts, ms: number): Promise<void> {
  await sleep(random.between(0.5, 1.5) * ms, undefined, { signal }).catch(() => {});
}
