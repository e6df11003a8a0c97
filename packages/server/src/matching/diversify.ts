/** At full diversity, likeness to what was chosen already counts this much against a score. */
const STRENGTH = 0.7;
/** How many of the best are reordered. A fixed number, so that a later page goes on where the earlier one ended. */
const POOL = 500;

/**
 * Reorders ranked items by maximal marginal relevance: each next one is good and unlike those before it.
 *
 * @param items best first
 * @param diversity from 0 (no change) to 1
 * @param count how many of the first places are needed
 * @param likeness of two items, from -1 to 1
 */
export function diversify<T extends { readonly score: number }>(
  items: readonly T[],
  diversity: number,
  count: number,
  likeness: (a: T, b: T) => number,
): T[] {
  if (diversity <= 0 || items.length < 3) return [...items];
  const pool = items.slice(0, POOL).map((item) => ({ item, nearest: 0 }));
  const penalty = STRENGTH * diversity;
  const chosen: T[] = [];
  while (pool.length > 0 && chosen.length < Math.min(count, POOL)) {
    let best = 0;
    let bestValue = -Infinity;
    pool.forEach(({ item, nearest }, index) => {
      const value = (1 - penalty) * item.score - penalty * nearest;
      if (value > bestValue) [best, bestValue] = [index, value];
    });
    const [next] = pool.splice(best, 1);
    if (next === undefined) break;
    chosen.push(next.item);
    for (const other of pool) other.nearest = Math.max(other.nearest, likeness(other.item, next.item));
  }
  return [...chosen, ...pool.map(({ item }) => item), ...items.slice(POOL)];
}
