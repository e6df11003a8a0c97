/**
 * Maps items with as many at work at once as `concurrency` says, and yields the results in the order of the items. The
 * source is read no faster than results are taken, so that a file of any length passes through little memory.
 */
export async function* mapInOrder<T, R>(
  items: AsyncIterable<T>,
  concurrency: number,
  map: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const atWork: Promise<R>[] = [];
  for await (const item of items) {
    const result = map(item);
    // It is awaited in its turn; until then, a failure must not count as unhandled.
    result.catch(() => undefined);
    atWork.push(result);
    if (atWork.length >= concurrency) yield await (atWork.shift() as Promise<R>);
  }
  for (const result of atWork) yield await result;
}
