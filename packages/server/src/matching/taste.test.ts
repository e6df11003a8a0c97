import { EventType } from "@cinedeepmatch/contract";
import { describe, expect, test } from "vitest";
import type { RecentEvent } from "./match-work.js";
import { tasteSignals } from "./taste.js";

const event = (movieId: string, type: EventType, more: Partial<RecentEvent> = {}): RecentEvent => ({
  movieId,
  type,
  ageSeconds: 0,
  ...more,
});
const weightOf = (...events: RecentEvent[]) => tasteSignals(events)[0]?.weight;

describe("taste signals", () => {
  test("a like counts fully, a click less, a dislike against", () => {
    expect(weightOf(event("a", EventType.LIKED))).toBe(1);
    expect(weightOf(event("a", EventType.CLICKED))).toBeCloseTo(0.3);
    expect(weightOf(event("a", EventType.DISLIKED))).toBe(-1);
  });

  test("a rating counts by its distance from the middle", () => {
    expect(weightOf(event("a", EventType.RATED, { rating: 10 }))).toBe(1);
    expect(weightOf(event("a", EventType.RATED, { rating: 1 }))).toBe(-1);
    expect(tasteSignals([event("a", EventType.RATED, { rating: 5.5 })])).toEqual([]);
  });

  test("older events count less, by their place and by their age", () => {
    const [newer, older] = tasteSignals([event("a", EventType.LIKED), event("b", EventType.LIKED)]);
    expect(newer?.weight).toBeGreaterThan(older?.weight ?? 1);
    expect(weightOf(event("a", EventType.LIKED, { ageSeconds: 180 * 86_400 }))).toBeCloseTo(0.5);
  });

  test("the last opinion on a movie stands, and a later click does not weaken a like", () => {
    expect(weightOf(event("a", EventType.LIKED), event("a", EventType.DISLIKED))).toBe(1);
    expect(weightOf(event("a", EventType.CLICKED), event("a", EventType.LIKED))).toBeCloseTo(0.95);
  });
});
