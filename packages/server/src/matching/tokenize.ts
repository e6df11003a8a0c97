import { stem } from "./stem.js";

/** Words too common to tell movies apart; a text made only of them is kept whole ("It", "Them!"). */
const stopWords = new Set(
  (
    "a about after all also am an and any are as at be because been before being but by can could did do does for from " +
    "had has have he her him his how i if in into is it its just like me my no not of off on or our out over own she so some " +
    "than that the their them then there these they this those to too up very was we were what when where which while who " +
    "whom why will with would you your im ive id dont cant doesnt isnt"
  ).split(" "),
);

/** Words of a request for a movie that say nothing about the movie. */
const requestWords = new Set(
  "movie movies film films one guy thing something called named remember think looking".split(" "),
);

/** A word as it was written and as it is indexed. */
export interface Token {
  readonly word: string;
  readonly term: string;
}

/** Lower case, no accents, no apostrophes inside words: "Amélie's" is "amelies" until stemming. */
export function fold(text: string): string {
  if (isAscii(text)) return text.toLowerCase().replace(/(?<=[a-z])['`](?=[a-z])/g, "");
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/(?<=\p{L})['’‘`](?=\p{L})/gu, "");
}

/** Most texts are; they need none of what Unicode asks for, which takes several times as long. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII has them.
const isAscii = (text: string) => /^[\x00-\x7f]*$/.test(text);

/** Scripts written without spaces: their words cannot be told by sight, so overlapping pairs stand in for them. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/** Cuts a text into words, folded but neither stemmed nor filtered. */
export function words(text: string): string[] {
  const folded = fold(text);
  if (isAscii(folded)) return folded.match(/[a-z0-9]+/g) ?? [];
  const found: string[] = [];
  for (const run of folded.match(/[\p{L}\p{N}]+/gu) ?? []) {
    if (!unspaced.test(run) || run.length < 2) found.push(run);
    else for (const [i, character] of [...run].slice(0, -1).entries()) found.push(character + [...run][i + 1]);
  }
  return found;
}

/** The terms of a query, without stop words and repetitions. */
export function queryTokens(text: string): Token[] {
  const all = words(text);
  const telling = all.filter((word) => !stopWords.has(word));
  const specific = telling.filter((word) => !requestWords.has(word));
  const kept = specific.length > 0 ? specific : telling.length > 0 ? telling : all;
  const tokens = new Map<string, Token>();
  for (const word of kept) {
    const term = stem(word);
    if (!tokens.has(term)) tokens.set(term, { word, term });
  }
  return [...tokens.values()];
}
