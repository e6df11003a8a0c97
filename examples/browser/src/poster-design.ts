/** The shapes a poster can be made of. */
export type Motif =
  | "orbit"
  | "bubbles"
  | "hills"
  | "slashes"
  | "skyline"
  | "moon"
  | "pair"
  | "sunburst"
  | "horizon"
  | "stars";

/** How a movie's poster looks. The same movie always looks the same. */
export interface PosterDesign {
  motif: Motif;
  /** Hues in degrees. */
  ground: number;
  accent: number;
  lettering: "serif" | "sans" | "narrow";
  /** Numbers from 0 to 1 to draw with. */
  draws: readonly number[];
}

interface Style {
  motifs: readonly Motif[];
  hue: number;
}

// The first of a movie's genres found here decides; the telling ones come first.
const styles: Readonly<Record<string, Style>> = {
  horror: { motifs: ["moon", "slashes"], hue: 350 },
  "science fiction": { motifs: ["orbit", "stars"], hue: 226 },
  western: { motifs: ["horizon", "sunburst"], hue: 24 },
  war: { motifs: ["horizon", "slashes"], hue: 88 },
  animation: { motifs: ["bubbles", "hills"], hue: 192 },
  fantasy: { motifs: ["stars", "moon"], hue: 266 },
  romance: { motifs: ["pair"], hue: 338 },
  crime: { motifs: ["skyline", "slashes"], hue: 214 },
  mystery: { motifs: ["moon", "skyline"], hue: 248 },
  thriller: { motifs: ["slashes", "skyline"], hue: 202 },
  music: { motifs: ["sunburst", "pair"], hue: 304 },
  action: { motifs: ["slashes", "sunburst"], hue: 12 },
  adventure: { motifs: ["hills", "horizon"], hue: 156 },
  family: { motifs: ["bubbles", "hills"], hue: 174 },
  comedy: { motifs: ["sunburst", "bubbles"], hue: 42 },
  history: { motifs: ["horizon", "hills"], hue: 34 },
  documentary: { motifs: ["horizon"], hue: 140 },
  drama: { motifs: ["horizon", "pair", "moon"], hue: 18 },
};
const other: Style = { motifs: ["orbit", "horizon", "pair"], hue: 280 };
const letterings = ["serif", "sans", "narrow"] as const;

/** Designs a movie's poster from what is known of it. */
export function designPoster(title: string, year: number, genres: readonly string[]): PosterDesign {
  const named = new Set(genres.map((genre) => genre.toLowerCase()));
  const style = Object.entries(styles).find(([genre]) => named.has(genre))?.[1] ?? other;
  const draw = drawer(`${title}/${year}`);
  const pick = <T>(from: readonly [T, ...T[]] | readonly T[]): T => from[Math.floor(draw() * from.length)] as T;
  const ground = (style.hue + Math.round(draw() * 44 - 22) + 360) % 360;
  return {
    motif: pick(style.motifs),
    ground,
    // A neighbour of the ground, or the light of a lamp: opposites shout.
    accent: (pick([ground + 30, ground - 24, 36, 44, 16]) + 360) % 360,
    lettering: pick(letterings),
    draws: Array.from({ length: 24 }, draw),
  };
}

// A seeded generator (FNV-1a into mulberry32), so that a poster does not change between visits.
function drawer(seed: string): () => number {
  let state = 2166136261;
  for (const char of seed) state = Math.imul(state ^ (char.codePointAt(0) ?? 0), 16777619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
