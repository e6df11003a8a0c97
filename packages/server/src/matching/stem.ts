const vowel = /[aeiouy]/;

/**
 * Brings the common English endings of a word together ("hunters" and "hunting" both become "hunt"). Light on purpose: plurals, -ed, -ing, -er and -ly;
 * a stemmer that cuts deeper joins words that a title must keep apart. Words of other alphabets pass unchanged.
 *
 * @param word - lower case, without accents.
 */
export function stem(word: string): string {
  if (word.length < 4 || !/^[a-z]+$/.test(word)) return word;
  return normaliseEnd(stripTense(stripPlural(word)));
}

function stripPlural(word: string): string {
  if (word.endsWith("sses")) return word.slice(0, -2);
  if (word.endsWith("ies")) return word.length > 4 ? `${word.slice(0, -3)}y` : word.slice(0, -1);
  if (/(?:ss|us|is)$/.test(word)) return word;
  if (/(?:[sxz]|ch|sh)es$/.test(word) && word.length > 5) return word.slice(0, -2);
  return word.endsWith("s") ? word.slice(0, -1) : word;
}

function stripTense(word: string): string {
  for (const ending of ["ingly", "edly", "ing", "ed", "ers", "er", "ly"]) {
    const root = word.slice(0, -ending.length);
    // A root has a vowel and three letters: "sing" and "bed" keep theirs.
    if (word.endsWith(ending) && root.length >= 3 && vowel.test(root)) return undouble(root);
  }
  return word;
}

function undouble(root: string): string {
  const last = root.at(-1);
  return last === root.at(-2) && last !== undefined && !"lsz".includes(last) ? root.slice(0, -1) : root;
}

/** A final e or y depends on the ending that was there ("hunted", "chased"): neither tells words apart. */
function normaliseEnd(word: string): string {
  if (word.length > 4 && word.endsWith("e")) return word.slice(0, -1);
  return word.length > 3 && word.endsWith("y") ? `${word.slice(0, -1)}i` : word;
}
