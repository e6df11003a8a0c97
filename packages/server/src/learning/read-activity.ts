import type { Histories, LearningEvent } from "./activity.js";

/** What was read: histories, and whose they are. */
export interface Activity {
  readonly histories: Histories;
  readonly events: number;
}

/** Grows by doubling, so that the events may come without their number being known. */
class Column<A extends Int32Array | Float32Array | Float64Array> {
  #length = 0;

  constructor(
    private data: A,
    private readonly make: (length: number) => A,
  ) {}

  push(value: number): void {
    if (this.#length === this.data.length) {
      const larger = this.make(this.data.length * 2);
      larger.set(this.data);
      this.data = larger;
    }
    this.data[this.#length++] = value;
  }

  values(): A {
    return this.data.subarray(0, this.#length) as A;
  }
}

const FIRST = 4096;

/**
 * Reads events in batches into histories, 20 bytes an event. Events of one user are put in order of their times; those
 * of one time stay in the order in which they came. Events with movies that are not known, and events that say nothing,
 * are left out.
 *
 * @param indexOf a movie's index from 1, or undefined
 */
export async function readActivity(
  batches: AsyncIterable<readonly LearningEvent[]>,
  indexOf: (movieId: string) => number | undefined,
  onRead: (events: number) => void,
): Promise<Activity> {
  const users = new Map<string, number>();
  const owner = new Column(new Int32Array(FIRST), (length) => new Int32Array(length));
  const item = new Column(new Int32Array(FIRST), (length) => new Int32Array(length));
  const weight = new Column(new Float32Array(FIRST), (length) => new Float32Array(length));
  const time = new Column(new Float64Array(FIRST), (length) => new Float64Array(length));
  let read = 0;
  for await (const batch of batches) {
    for (const event of batch) {
      const index = indexOf(event.movieId);
      if (index === undefined || event.weight === 0 || !Number.isFinite(event.weight)) continue;
      const user = users.get(event.userId) ?? users.size;
      if (user === users.size) users.set(event.userId, user);
      owner.push(user);
      item.push(index);
      weight.push(Math.max(-1, Math.min(1, event.weight)));
      time.push(event.time);
    }
    read += batch.length;
    onRead(read);
  }
  const columns = { items: item.values(), weights: weight.values(), times: time.values() };
  return { histories: sortHistories(owner.values(), columns, users.size), events: owner.values().length };
}

function sortHistories(owners: Int32Array, columns: Omit<Histories, "starts">, users: number): Histories {
  const starts = new Int32Array(users + 1);
  for (const user of owners) starts[user + 1] = (starts[user + 1] as number) + 1;
  for (let user = 0; user < users; user++) starts[user + 1] = (starts[user + 1] as number) + (starts[user] as number);
  const order = new Int32Array(owners.length);
  const next = starts.slice();
  for (const [event, user] of owners.entries()) {
    const at = next[user] as number;
    order[at] = event;
    next[user] = at + 1;
  }
  const { items, weights, times } = columns;
  for (let user = 0; user < users; user++) {
    // Typed arrays sort stably with a comparator, so ties keep the order of arrival.
    order.subarray(starts[user], starts[user + 1]).sort((a, b) => (times[a] as number) - (times[b] as number));
  }
  return {
    starts,
    items: Int32Array.from(order, (event) => items[event] as number),
    weights: Float32Array.from(order, (event) => weights[event] as number),
    times: Float64Array.from(order, (event) => times[event] as number),
  };
}
