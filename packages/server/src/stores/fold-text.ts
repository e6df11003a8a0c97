import { createHash } from "node:crypto";

// Letters that Unicode does not take apart but readers do.
const LATIN_LETTERS: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ı: "i",
};

/**
 * Text as it is compared when accents and case do not matter: `Amélie` becomes `amelie`. Only Latin letters lose their
 * marks; elsewhere a mark makes another letter (`й`, `が`, `हि`).
 */
export function foldText(text: string): string {
  return text
    .toWellFormed()
    .normalize("NFKD")
    .toLowerCase()
    .replace(/(\p{Script=Latin})\p{Mn}+/gu, "$1")
    .replace(/[ßæœøłđðþı]/g, (letter) => LATIN_LETTERS[letter] ?? letter)
    .normalize("NFC");
}

/** The folded words of a text: what stands between characters that are neither letters, marks nor digits. */
export function foldedWords(text: string): string[] {
  // An apostrophe is part of its word: `ocean's` is found by `oceans` and by `ocean`.
  return foldText(text)
    .replace(/['’]/g, "")
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== "")
    .map((word) => word.slice(0, 100).toWellFormed());
}

/** A person's id made of the name: `Tom Hanks` becomes `tom-hanks`, and non-Latin names keep their letters. */
export function personIdOf(displayName: string): string {
  const slug = foldedWords(displayName).join("-").slice(0, 128).toWellFormed();
  // A name without any letter or digit still needs an id of its own.
  return slug === "" ? `name-${createHash("sha256").update(displayName).digest("hex").slice(0, 16)}` : slug;
}
