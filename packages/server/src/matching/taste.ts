import { EventType } from "@cinedeepmatch/contract";
import type { RecentEvent } from "./match-work.js";

/** How much each kind of event says about taste, from -1 to 1. */
const EVENT_WEIGHTS: Readonly<Record<EventType, number>> = {
  [EventType.UNSPECIFIED]: 0,
  [EventType.VIEWED]: 0.15,
  [EventType.CLICKED]: 0.3,
  [EventType.WATCHLISTED]: 0.6,
  [EventType.WATCHED]: 0.5,
  [EventType.LIKED]: 1,
  [EventType.DISLIKED]: -1,
  [EventType.RATED]: 0,
  [EventType.HIDDEN]: -0.7,
};

/** A rating of this says nothing either way. */
const NEUTRAL_RATING = 5.5;
/** Each further event back counts this much less, and an event this old half as much. */
const DECAY_PER_EVENT = 0.95;
const HALF_LIFE_SECONDS = 180 * 24 * 3_600;

/** A movie that was acted upon and what that says. */
export interface TasteSignal {
  readonly movieId: string;
  /** From -1 to 1. */
  readonly weight: number;
  readonly type: EventType;
}

/**
 * What recent events say about taste. Of several events on one movie the strongest word is the last opinion: a later
 * like undoes a dislike, while a later click does not weaken a like.
 *
 * @param events newest first
 */
export function tasteSignals(events: readonly RecentEvent[]): TasteSignal[] {
  const signals = new Map<string, TasteSignal>();
  events.forEach((event, index) => {
    const opinion = eventWeight(event);
    const decay = DECAY_PER_EVENT ** index * 0.5 ** (event.ageSeconds / HALF_LIFE_SECONDS);
    const known = signals.get(event.movieId);
    if (opinion === 0 || (known !== undefined && !outweighs(event.type, opinion, known))) return;
    signals.set(event.movieId, { movieId: event.movieId, weight: opinion * decay, type: event.type });
  });
  return [...signals.values()];
}

/** What one event says about taste, from -1 to 1. Models learn from the same numbers that they are asked with. */
export function eventWeight({ type, rating = NEUTRAL_RATING }: Pick<RecentEvent, "type" | "rating">): number {
  if (type !== EventType.RATED) return EVENT_WEIGHTS[type];
  return Math.max(-1, Math.min(1, (rating - NEUTRAL_RATING) / 4));
}

const OPINIONS: ReadonlySet<EventType> = new Set([
  EventType.LIKED,
  EventType.DISLIKED,
  EventType.RATED,
  EventType.HIDDEN,
]);

/** Whether an older event says more than the newer one that is known. */
function outweighs(type: EventType, opinion: number, known: TasteSignal): boolean {
  return OPINIONS.has(type) && !OPINIONS.has(known.type) && Math.abs(opinion) > Math.abs(known.weight);
}
