import { type Event, EventType } from "@cinedeepmatch/contract";

/** What came of the answers that led to something, by the match ids of events. */
export interface ClickThrough {
  /** Answers that at least one event names. */
  readonly answersWithEvents: number;
  /** Of these, those from which a movie was chosen, and those that led to one being watched, listed or liked. */
  readonly clicked: number;
  readonly taken: number;
  /** Events that name an answer, and their share of all. */
  readonly attributedEvents: number;
  readonly attributedShare: number;
  /** Of all answers given, where their number is known, those from which a movie was chosen. */
  readonly clickThroughRate?: number;
}

const TAKEN: ReadonlySet<EventType> = new Set([EventType.WATCHED, EventType.WATCHLISTED, EventType.LIKED]);

/** Counts as the events come, because there may be many. */
export class ClickThroughCount {
  readonly #answers = new Map<string, { clicked: boolean; taken: boolean }>();
  #events = 0;
  #attributed = 0;

  add({ matchId, type }: Pick<Event, "matchId" | "type">): void {
    this.#events++;
    if (matchId === "") return;
    this.#attributed++;
    const answer = this.#answers.get(matchId) ?? { clicked: false, taken: false };
    answer.clicked ||= type === EventType.CLICKED;
    answer.taken ||= TAKEN.has(type);
    this.#answers.set(matchId, answer);
  }

  /** @param answers how many answers were given in all, where somebody knows */
  result(answers?: number): ClickThrough {
    const all = [...this.#answers.values()];
    const clicked = all.filter((answer) => answer.clicked).length;
    return {
      answersWithEvents: all.length,
      clicked,
      taken: all.filter((answer) => answer.taken).length,
      attributedEvents: this.#attributed,
      attributedShare: this.#attributed / (this.#events || 1),
      ...(answers !== undefined && answers > 0 && { clickThroughRate: clicked / answers }),
    };
  }
}
