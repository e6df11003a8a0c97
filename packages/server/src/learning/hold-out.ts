import { type Histories, spanOf, userCount } from "./activity.js";
import type { LearningGoal } from "./learn-options.js";
import { type Random, shuffle } from "./random.js";

/** A history and what was held out of it. */
export interface HeldOut {
  /** Oldest first. */
  readonly items: Int32Array;
  readonly weights: Float32Array;
  /** Seconds before the moment at which the question is asked. */
  readonly ages: Float32Array;
  readonly targets: Int32Array;
}

/** What is learned from, and what the shares of the channels are chosen on. */
export interface Split {
  readonly train: Histories;
  readonly cases: readonly HeldOut[];
}

/** Shorter histories say too little to be asked about. */
const SHORTEST = 3;
const REST_SHARE = 0.2;

/**
 * Holds out what the goal asks for: for "next" each user's last event, where it is a good one; for "rest" the whole of
 * some users, of whom a fifth of the movies, by chance, is to be found.
 *
 * @param most cases at most; the users of more are drawn
 */
export function holdOut(histories: Histories, goal: LearningGoal, most: number, random: Random): Split {
  const users = shuffle(
    Int32Array.from({ length: userCount(histories) }, (_, user) => user),
    random,
  );
  if (goal === "next") return { train: withoutLast(histories), cases: lastCases(histories, users, most) };
  const limit = Math.min(most, Math.floor(users.length / 10));
  const held = users.filter((user) => span(histories, user) >= 2 * SHORTEST).slice(0, limit);
  const cases = Array.from(held, (user) => restCase(histories, user, random));
  return { train: withoutUsers(histories, new Set(held)), cases };
}

const span = (histories: Histories, user: number) => {
  const [from, to] = spanOf(histories, user);
  return to - from;
};

const isAsked = (histories: Histories, user: number) => {
  const [from, to] = spanOf(histories, user);
  return to - from >= SHORTEST && (histories.weights[to - 1] as number) > 0;
};

function lastCases(histories: Histories, users: Int32Array, most: number): HeldOut[] {
  const asked = users.filter((user) => isAsked(histories, user)).slice(0, most);
  return Array.from(asked, (user) => {
    const [from, to] = spanOf(histories, user);
    const events = Int32Array.from({ length: to - 1 - from }, (_, index) => from + index);
    return toCase(
      histories,
      events,
      Int32Array.of(histories.items[to - 1] as number),
      histories.times[to - 1] as number,
    );
  });
}

function restCase(histories: Histories, user: number, random: Random): HeldOut {
  const [from, to] = spanOf(histories, user);
  const events = shuffle(
    Int32Array.from({ length: to - from }, (_, index) => from + index),
    random,
  );
  const cut = Math.max(1, Math.round(events.length * REST_SHARE));
  const known = events.subarray(cut).sort();
  const targets = Int32Array.from(events.subarray(0, cut), (event) => histories.items[event] as number);
  return toCase(histories, known, targets, histories.times[to - 1] as number);
}

function toCase({ items, weights, times }: Histories, events: Int32Array, targets: Int32Array, now: number): HeldOut {
  return {
    items: Int32Array.from(events, (event) => items[event] as number),
    weights: Float32Array.from(events, (event) => weights[event] as number),
    ages: Float32Array.from(events, (event) => now - (times[event] as number)),
    targets,
  };
}

function withoutLast(histories: Histories): Histories {
  return select(histories, (user) => {
    const [from, to] = spanOf(histories, user);
    return [from, isAsked(histories, user) ? to - 1 : to];
  });
}

function withoutUsers(histories: Histories, held: ReadonlySet<number>): Histories {
  return select(histories, (user) => {
    const [from, to] = spanOf(histories, user);
    return [from, held.has(user) ? from : to];
  });
}

function select(histories: Histories, part: (user: number) => [from: number, to: number]): Histories {
  const users = userCount(histories);
  const starts = new Int32Array(users + 1);
  const events: number[] = [];
  for (let user = 0; user < users; user++) {
    const [from, to] = part(user);
    for (let event = from; event < to; event++) events.push(event);
    starts[user + 1] = events.length;
  }
  return {
    starts,
    items: Int32Array.from(events, (event) => histories.items[event] as number),
    weights: Float32Array.from(events, (event) => histories.weights[event] as number),
    times: Float64Array.from(events, (event) => histories.times[event] as number),
  };
}
