/** How two models compare on the same cases. */
export interface Comparison {
  /** The mean of what the first is better by. */
  readonly difference: number;
  /** In 95 of 100 resamples the difference lies between these. */
  readonly low: number;
  readonly high: number;
  /** Whether the first is better: whether even the low end is above 0. */
  readonly better: boolean;
}

const RESAMPLES = 5_000;

/**
 * Compares two models by drawing users with replacement, over and over. Users are drawn and not cases, because what one
 * user does next is no independent evidence.
 *
 * @param random from 0 to below 1
 */
export function pairedBootstrap(
  cases: readonly { readonly user: string; readonly first: number; readonly second: number }[],
  random: () => number,
): Comparison {
  const users = new Map<string, { sum: number; count: number }>();
  for (const { user, first, second } of cases) {
    const entry = users.get(user) ?? { sum: 0, count: 0 };
    users.set(user, { sum: entry.sum + first - second, count: entry.count + 1 });
  }
  const all = [...users.values()];
  const mean = (drawn: readonly { sum: number; count: number }[]) => {
    const count = drawn.reduce((total, entry) => total + entry.count, 0);
    return count === 0 ? 0 : drawn.reduce((total, entry) => total + entry.sum, 0) / count;
  };
  const draw = () => all.map(() => all[Math.floor(random() * all.length)] as (typeof all)[number]);
  const means = Array.from({ length: RESAMPLES }, () => mean(draw())).sort((a, b) => a - b);
  const [low = 0, high = 0] = [means[Math.floor(RESAMPLES * 0.025)], means[Math.ceil(RESAMPLES * 0.975) - 1]];
  return { difference: mean(all), low, high, better: low > 0 };
}
