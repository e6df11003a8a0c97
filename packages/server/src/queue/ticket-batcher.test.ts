import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TicketBatcher } from "./ticket-batcher.js";

const sent: string[][] = [];
let busy = false;
let batcher: TicketBatcher;
beforeEach(() => {
  vi.useFakeTimers();
  sent.length = 0;
  busy = false;
  batcher = new TicketBatcher(
    (tickets) => sent.push(tickets.map(({ id }) => id)),
    () => busy,
  );
});
afterEach(() => void vi.useRealTimers());

const add = (...ids: string[]) => ids.forEach((id) => void batcher.add({ id, sealed: "s" }));

test("what arrives together travels together, and a full batch at once", () => {
  add("a", "b");
  vi.advanceTimersByTime(1);
  add(...Array.from({ length: 64 }, (_, index) => String(index)));
  expect(sent.map(({ length }) => length)).toEqual([2, 64]);
});

test("while others are on their way it is gathered, and travels when one has come back", () => {
  busy = true;
  add("a");
  vi.advanceTimersByTime(10);
  add("b");
  batcher.goOn();
  expect(sent).toEqual([]);
  busy = false;
  batcher.goOn();
  expect(sent).toEqual([["a", "b"]]);
  batcher.goOn();
  vi.runAllTimers();
  expect(sent).toEqual([["a", "b"]]);
});

test("nobody waits for ever for others to come back", () => {
  busy = true;
  add("a");
  vi.runAllTimers();
  expect(sent).toEqual([["a"]]);
});

test("what was withdrawn stays behind", () => {
  add("a", "b");
  expect(batcher.withdraw("a")).toBe(true);
  vi.runAllTimers();
  expect(sent).toEqual([["b"]]);
  expect(batcher.withdraw("b")).toBe(false);
});
