import type { Attempt, History } from "./history.js";

/** What the stores hold after a run. */
export interface Stored {
  /** The ids of all stored events; one stored twice stands here twice. */
  readonly eventIds: readonly string[];
  /** The version that each stored movie has. */
  readonly movieVersions: ReadonlyMap<string, string>;
}

/** A promise that was broken. */
export interface Violation {
  readonly kind: "lost write" | "duplicated effect" | "wrong effect" | "wrong answer" | "no answer";
  readonly detail: string;
}

/** No attempt may last longer than its deadline and this. */
const GRACE_MS = 5_000;

/**
 * Compares what clients were told with what is stored. What was acknowledged is there, once; what was refused for certain
 * is not; what is unknown may be either; nothing is there that nobody sent; every match was answered, with its own answer.
 *
 * @param timeoutMs the longest deadline of an attempt
 */
export function checkHistory({ attempts }: History, stored: Stored, timeoutMs: number): Violation[] {
  const of = (operation: Attempt["operation"]) => attempts.filter((attempt) => attempt.operation === operation);
  return [
    ...checkEvents(byKey(of("event")), stored.eventIds),
    ...checkMovies(byKey(of("movie")), stored.movieVersions),
    ...of("match").flatMap(checkMatch),
    ...attempts.flatMap((attempt) => checkEnd(attempt, timeoutMs)),
  ];
}

function checkEvents(sent: ReadonlyMap<string, readonly Attempt[]>, ids: readonly string[]): Violation[] {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  const violations: Violation[] = [];
  for (const [id, attempts] of sent) {
    const count = counts.get(id) ?? 0;
    const acknowledged = attempts.filter(({ outcome }) => outcome === "ok");
    const recorded = acknowledged.reduce((sum, { answer }) => sum + Number(answer), 0);
    if (acknowledged.length > 0 && count === 0) violations.push({ kind: "lost write", detail: `event ${id}` });
    if (count > 1 || recorded > 1) violations.push({ kind: "duplicated effect", detail: `event ${id}` });
    const refused = attempts.every(({ outcome }) => outcome === "fail");
    if (refused && count > 0) violations.push({ kind: "wrong effect", detail: `event ${id} was refused and is there` });
  }
  for (const id of counts.keys()) {
    if (!sent.has(id)) violations.push({ kind: "wrong effect", detail: `event ${id} was never sent` });
  }
  return violations;
}

/** Each movie has one writer, who writes one version after the other. */
function checkMovies(sent: ReadonlyMap<string, readonly Attempt[]>, stored: Stored["movieVersions"]): Violation[] {
  const violations: Violation[] = [];
  for (const [id, attempts] of sent) {
    const version = stored.get(id);
    const last = attempts.findLastIndex(({ outcome }) => outcome === "ok");
    // Whatever is unknown may have happened, and as late as it likes.
    const possible = attempts.filter(({ outcome }, at) => at === last || (outcome !== "ok" && outcome !== "fail"));
    if (possible.some(({ value }) => value === version)) continue;
    if (last < 0 && version === undefined) continue;
    const isOlder = attempts.slice(0, Math.max(last, 0)).some(({ value }) => value === version);
    violations.push({
      kind: isOlder || version === undefined ? "lost write" : "wrong effect",
      detail: `movie ${id} is at version ${version}, acknowledged was ${attempts[last]?.value}`,
    });
  }
  for (const id of stored.keys()) {
    if (!sent.has(id)) violations.push({ kind: "wrong effect", detail: `movie ${id} was never sent` });
  }
  return violations;
}

function checkMatch({ outcome, key, value, answer }: Attempt): Violation[] {
  if (outcome !== "ok" || answer === value) return [];
  return [{ kind: "wrong answer", detail: `match ${key} for ${value} found ${answer}` }];
}

function checkEnd({ operation, key, invokedAt, endedAt }: Attempt, timeoutMs: number): Violation[] {
  if (endedAt !== undefined && endedAt - invokedAt <= timeoutMs + GRACE_MS) return [];
  return [{ kind: "no answer", detail: `${operation} ${key} had none in time` }];
}

function byKey(attempts: readonly Attempt[]): Map<string, Attempt[]> {
  const groups = new Map<string, Attempt[]>();
  for (const attempt of attempts) groups.set(attempt.key, [...(groups.get(attempt.key) ?? []), attempt]);
  return groups;
}
