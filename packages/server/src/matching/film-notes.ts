import { words } from "./tokenize.js";

/** What people remember of a well-known film, in words of our own. */
export interface FilmNote {
  readonly title: string;
  /** Other titles, such as the original one. */
  readonly otherTitles?: readonly string[];
  readonly year: number;
  /** Some of those who made it or play in it, to tell it from its namesakes; may be empty. */
  readonly people: readonly string[];
  readonly synopsis: string;
  readonly keywords: readonly string[];
}

/** What tells a film from all others. */
export interface FilmIdentity {
  readonly titles: readonly string[];
  /** Undefined when unknown; then no note is found. */
  readonly year: number | undefined;
  /** Whoever is credited, in whatever part. */
  readonly people: readonly string[];
  /** Those of them who act; a catalogue may know only who directs. */
  readonly actors: readonly string[];
}

/** One actor may be missing from a note; a whole cast is not. */
const leastCast = 2;

/** Words that spellings of one title leave out, or write as a sign. */
const unsteady = new Set(["the", "a", "an", "and"]);

/**
 * Notes by film. A catalogue may spell a title in its own way and be a year off, and two films may share a title, so a
 * note is given only where nothing speaks against it.
 */
export class FilmNotes {
  readonly #notes = new Map<string, FilmNote[]>();

  constructor(notes: Iterable<FilmNote>) {
    for (const note of notes) {
      for (const key of new Set([note.title, ...(note.otherTitles ?? [])].map(keyOf))) {
        if (key === "") continue;
        const same = this.#notes.get(key);
        if (same === undefined) this.#notes.set(key, [note]);
        else same.push(note);
      }
    }
  }

  /**
   * The note of a film: of the same title and year, unless it has a cast that is none of the note's people; or of a year
   * beside it, if they have somebody in common. Undefined when no note fits, or more than one.
   */
  find({ titles, year, people, actors }: FilmIdentity): FilmNote | undefined {
    if (year === undefined) return undefined;
    const named = new Set(titles.flatMap((title) => this.#notes.get(keyOf(title)) ?? []));
    const known = new Set(people.map(personKey));
    const fits = (note: FilmNote) => {
      const shared = note.people.some((name) => known.has(personKey(name)));
      const unsaid = actors.length < leastCast || note.people.length === 0;
      return note.year === year ? shared || unsaid : Math.abs(note.year - year) === 1 && shared;
    };
    const fitting = [...named].filter(fits);
    const sameYear = fitting.filter((note) => note.year === year);
    const [note, second] = sameYear.length > 0 ? sameYear : fitting;
    return second === undefined ? note : undefined;
  }
}

function keyOf(title: string): string {
  const all = words(title);
  const telling = all.filter((word) => !unsteady.has(word));
  return (telling.length > 0 ? telling : all).join(" ");
}

const personKey = (name: string) => words(name).join(" ");
