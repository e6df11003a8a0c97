import { expect, test } from "vitest";
import { takeTurn } from "./take-turns.js";

/** Holds this thread up, as a query does. */
function work(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

async function countTurns(during: () => Promise<void>): Promise<number> {
  let turns = 0;
  let counting = true;
  const count = () => {
    turns++;
    if (counting) setImmediate(count);
  };
  setImmediate(count);
  await during();
  counting = false;
  return turns;
}

test("short queries follow each other without waiting for the event loop", async () => {
  const turns = await countTurns(async () => {
    for (let query = 0; query < 20; query++) await takeTurn();
  });
  expect(turns).toBeLessThan(10);
});

test("the event loop gets its turn in a long row of queries", async () => {
  const turns = await countTurns(async () => {
    for (let query = 0; query < 30; query++) {
      await takeTurn();
      work(2);
    }
  });
  expect(turns).toBeGreaterThanOrEqual(6);
});
