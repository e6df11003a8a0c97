import { expect, test } from "vitest";
import type { Histories } from "../activity.js";
import { normal, seededRandom } from "../random.js";
import { weighDirections } from "./weigh-directions.js";

const [MOVIES, USERS, EVENTS] = [60, 300, 8];

/** A world with two directions: each movie is followed by one of those that lie where it says, along the first alone. */
function world() {
  const random = seededRandom(4);
  const sides = Array.from({ length: MOVIES + 1 }, (_, movie) => (movie % 2 === 0 ? 1 : -1));
  const says = Float32Array.from({ length: (MOVIES + 1) * 4 }, (_, at) =>
    at % 4 === 0 ? (sides[Math.floor(at / 4)] as number) : normal(random, 1),
  );
  const items = Int32Array.from({ length: USERS * EVENTS }, (_, event) => {
    const side = Math.floor(event / EVENTS) % 2;
    return 2 * Math.floor(random() * (MOVIES / 2)) + 1 + side;
  });
  const histories: Histories = {
    starts: Int32Array.from({ length: USERS + 1 }, (_, user) => user * EVENTS),
    items,
    weights: new Float32Array(items.length).fill(1),
    times: new Float64Array(items.length),
  };
  // The second direction is told by chance.
  const leftOut = Float32Array.from({ length: (MOVIES + 1) * 2 }, (_, at) =>
    at % 2 === 0 ? (sides[at / 2] as number) : normal(random, 1),
  );
  const channels = [{ width: 4, says, byDistance: Float32Array.of(0.5, 0.5) }];
  return { channels, histories, movies: Int32Array.from({ length: MOVIES }, (_, place) => place + 1), leftOut };
}

test("a direction that tells what users come to counts, and one that is told by chance does not", () => {
  const [sure, chance] = weighDirections({ ...world(), sharpness: 1 }, seededRandom(1));
  expect(sure).toBeGreaterThan(1);
  expect(chance).toBeLessThan((sure as number) / 4);
});

test("the sharper known movies are told, the less is made of what is told of new ones", () => {
  const [plain, beside] = [1, 2].map((sharpness) => weighDirections({ ...world(), sharpness }, seededRandom(1))[0]);
  expect((plain as number) / (beside as number)).toBeGreaterThan(1.4);
});

test("where there is nothing to ask about, guesses stay as they are", () => {
  const { histories, ...rest } = world();
  const none = { ...histories, starts: Int32Array.of(0), items: new Int32Array(0) };
  expect([...weighDirections({ ...rest, histories: none, sharpness: 1 }, seededRandom(1))]).toEqual([1, 1]);
});
