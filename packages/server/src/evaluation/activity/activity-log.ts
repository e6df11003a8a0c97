import { seededRandom } from "../../learning/random.js";

/** Something that a user did, as evaluations of a live deployment see it. */
export interface LoggedEvent {
  readonly userId: string;
  readonly movieId: string;
  /** What it says about taste, from -1 to 1. */
  readonly weight: number;
  /** Seconds since 1970. */
  readonly time: number;
}

/** A movie that a user liked after the split, and what they had done before it, oldest first. */
export interface NextCase {
  readonly userId: string;
  readonly history: readonly LoggedEvent[];
  readonly target: LoggedEvent;
}

/** What happened before an instant, and what has to be told from it. */
export interface TimeSplit {
  /** Seconds since 1970. */
  readonly at: number;
  readonly before: readonly LoggedEvent[];
  readonly cases: readonly NextCase[];
}

/** How activity is split. */
export interface SplitOptions {
  /** The share of the events that comes after the split. */
  readonly share: number;
  /** So many cases at most, and of one user. */
  readonly most: number;
  readonly mostOfUser: number;
}

/**
 * Splits activity in time: a model is made of what was before, and tells what users liked next after it, each time
 * knowing all that the user did until then, as when it serves. Only movies that the user had nothing to do with before
 * are to be told.
 */
export function splitInTime(events: readonly LoggedEvent[], options: SplitOptions): TimeSplit {
  const sorted = [...events].sort((a, b) => a.time - b.time);
  const at = sorted[Math.floor(sorted.length * (1 - options.share))]?.time ?? 0;
  const users = new Map<string, LoggedEvent[]>();
  const cases: NextCase[] = [];
  const count = new Map<string, number>();
  for (const event of sorted) {
    const history = users.get(event.userId) ?? [];
    users.set(event.userId, history);
    const asked = count.get(event.userId) ?? 0;
    const isNew = !history.some(({ movieId }) => movieId === event.movieId);
    const known = history.some(({ weight }) => weight > 0);
    if (event.time >= at && event.weight > 0 && isNew && known && asked < options.mostOfUser) {
      cases.push({ userId: event.userId, history: [...history], target: event });
      count.set(event.userId, asked + 1);
    }
    history.push(event);
  }
  return { at, before: sorted.filter(({ time }) => time < at), cases: draw(cases, options.most).sort(byUser) };
}

/** So many of them, each as likely as the other, and always the same. */
function draw<T>(all: readonly T[], count: number): T[] {
  if (all.length <= count) return [...all];
  const random = seededRandom(1);
  const keyed = all.map((each) => ({ each, key: random() }));
  return keyed
    .sort((a, b) => a.key - b.key)
    .slice(0, count)
    .map(({ each }) => each);
}

/** What is known of one user is then put to use for all their cases. */
function byUser(left: NextCase, right: NextCase): number {
  if (left.userId !== right.userId) return left.userId < right.userId ? -1 : 1;
  return left.target.time - right.target.time;
}
