/** How large the taste tower is. */
export interface TowerShape {
  /** Length of a content vector. */
  readonly content: number;
  /** Length of a behavioural vector, and of the tower's rows. */
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
  /** Length of the rows inside the feed-forward parts. */
  readonly inner: number;
  /** Events that it looks at, the most recent ones. */
  readonly window: number;
}

/** How many features a time gap is turned into before it is added to an event's row. */
export const GAP_FEATURES = 16;

/** One array of learned numbers: its shape, and how it begins. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** The standard deviation that it begins with, around 0; or the number that all begin with; or a scaled identity. */
  readonly start: { readonly deviation: number } | { readonly value: number } | { readonly identity: number };
}

const spread = (rows: number) => ({ deviation: Math.sqrt(1 / rows) });
const zero = { value: 0 };
const one = { value: 1 };

/** Every learned array but the movies' own. */
export function towerParameters({ content, width, heads, layers, inner, window }: TowerShape): ParameterSpec[] {
  const shared: ParameterSpec[] = [
    { name: "project", shape: [content, width], start: { deviation: 0.003 } },
    { name: "offset", shape: [width], start: zero },
    { name: "entry", shape: [width, width], start: { identity: Math.sqrt(width) } },
    { name: "gap.in", shape: [1, GAP_FEATURES], start: spread(1) },
    { name: "gap.bias", shape: [GAP_FEATURES], start: { deviation: 0.5 } },
    { name: "gap.out", shape: [GAP_FEATURES, width], start: { deviation: 0.02 } },
    { name: "last.scale", shape: [width], start: one },
    { name: "last.shift", shape: [width], start: zero },
  ];
  const layer = (index: number): ParameterSpec[] => {
    const name = (part: string) => `layer${index}.${part}`;
    const square = (part: string) => ({ name: name(part), shape: [width, width], start: spread(width) });
    return [
      { name: name("attend.scale"), shape: [width], start: one },
      { name: name("attend.shift"), shape: [width], start: zero },
      ...["query", "key", "value", "merge"].map(square),
      { name: name("distance"), shape: [window, heads], start: zero },
      { name: name("think.scale"), shape: [width], start: one },
      { name: name("think.shift"), shape: [width], start: zero },
      { name: name("widen"), shape: [width, inner], start: spread(width) },
      { name: name("widen.bias"), shape: [inner], start: zero },
      { name: name("narrow"), shape: [inner, width], start: spread(inner) },
      { name: name("narrow.bias"), shape: [width], start: zero },
    ];
  };
  return [...shared, ...Array.from({ length: layers }, (_, index) => layer(index)).flat()];
}
