/** What a title of MovieLens says. */
export interface MovieLensTitle {
  readonly title: string;
  /** Empty when the title is the original one. */
  readonly originalTitle: string;
  /** Further titles, `a.k.a.` ones first. */
  readonly alternateTitles: readonly string[];
  /** 0 when there is none. */
  readonly year: number;
}

const ARTICLE =
  /^(.+), (The|A|An|La|Le|Les|L'|El|Los|Las|Il|Lo|I|Gli|Der|Die|Das|Den|Det|De|Et|En|Ein|Eine|Un|Una|Une|Uno|O|Os|As)$/;

/**
 * Takes a title of MovieLens apart: `City of Lost Children, The (Cité des enfants perdus, La) (1995)` is `The City of
 * Lost Children`, in the original `La Cité des enfants perdus`, of 1995. By MovieLens' habit the last title in
 * brackets is the original one unless it is marked `a.k.a.`.
 */
export function readMovieLensTitle(text: string): MovieLensTitle {
  const dated = /^(.*?)\s*\((\d{4})(?:\s?[-–]\s?(?:\d{4})?)?\)$/su.exec(text.trim());
  const [title, groups] = splitBrackets(dated?.[1] ?? text.trim());
  const others = groups.map((group) => ({
    isAlias: /^a\.?k\.?a\.?/i.test(group),
    title: restoreArticle(group.replace(/^a\.?k\.?a\.?\s*/i, "")),
  }));
  const original = others.at(-1)?.isAlias === false ? others.pop()?.title : undefined;
  return {
    title: restoreArticle(title),
    originalTitle: original ?? "",
    alternateTitles: others.map((other) => other.title),
    year: Number(dated?.[2] ?? 0),
  };
}

/** Parts a title from the brackets at its end, which may themselves contain brackets. */
function splitBrackets(text: string): [title: string, groups: string[]] {
  const groups: string[] = [];
  let rest = text;
  while (rest.endsWith(")")) {
    const start = startOfLastGroup(rest);
    const before = rest.slice(0, start).trim();
    // In `Birdman: Or (The Unexpected Virtue of Ignorance)` the brackets are part of the title.
    if (start < 0 || before === "" || /(?:\b(?:or|and|of)|[&:,-])$/i.test(before)) break;
    groups.unshift(rest.slice(start + 1, -1).trim());
    rest = before;
  }
  return [rest, groups];
}

function startOfLastGroup(text: string): number {
  let depth = 0;
  for (let index = text.length - 1; index >= 0; index--) {
    if (text[index] === ")") depth++;
    else if (text[index] === "(" && --depth === 0) return index;
  }
  return -1;
}

/** Moves an article from the end, where lists are sorted without it, back to the front. */
function restoreArticle(title: string): string {
  const [, rest, article] = ARTICLE.exec(title.trim()) ?? [];
  if (rest === undefined || article === undefined) return title.trim();
  return article.endsWith("'") ? article + rest : `${article} ${rest}`;
}
