import { expect, test } from "vitest";
import { FilmNotes } from "./film-notes.js";

const note = { people: [], synopsis: "A shark hunts swimmers.", keywords: [] };
const jaws = { ...note, title: "Jaws", year: 1975, people: ["Roy Scheider", "Steven Spielberg"] };
const goonies = { ...note, title: "Goonies, The", year: 1985 };
const oldWar = { ...note, title: "War & Peace", otherTitles: ["Война и мир"], year: 1956, people: ["Audrey Hepburn"] };
const newWar = { ...note, title: "War and Peace", year: 1966, people: ["Sergei Bondarchuk"] };
const notes = new FilmNotes([jaws, goonies, oldWar, newWar]);

const find = (title: string, year: number | undefined, ...people: string[]) =>
  notes.find({ titles: [title], year, people, actors: people });

test("a film has the note of its title and year, however the title is spelled", () => {
  expect(find("JAWS", 1975)).toBe(jaws);
  expect(find("The Goonies", 1985)).toBe(goonies);
  expect(find("War and Peace", 1956)).toBe(oldWar);
  expect(find("Война и мир", 1956)).toBe(oldWar);
});

test("another year is another film", () => {
  expect(find("Jaws", 1978)).toBeUndefined();
  expect(find("Jaws", undefined)).toBeUndefined();
  expect(find("War and Peace", 1966)).toBe(newWar);
});

test("a year beside it is the same film only with somebody in common", () => {
  expect(find("Jaws", 1976)).toBeUndefined();
  expect(find("Jaws", 1976, "Somebody Else")).toBeUndefined();
  expect(find("Jaws", 1976, "Somebody Else", "roy scheider")).toBe(jaws);
});

test("a namesake of the same year with a cast of its own is left alone", () => {
  expect(find("Jaws", 1975, "Somebody Else", "Another")).toBeUndefined();
  expect(find("Jaws", 1975, "Somebody Else", "Roy Scheider")).toBe(jaws);
});

test("a catalogue that names other parts than the note does is no namesake", () => {
  expect(notes.find({ titles: ["Jaws"], year: 1975, people: ["Verna Fields", "Bill Butler"], actors: [] })).toBe(jaws);
  expect(find("Jaws", 1975, "Jonathan Filley")).toBe(jaws);
});

test("where two notes fit, none is given", () => {
  const twins = new FilmNotes([
    { ...note, title: "Twins", year: 1910 },
    { ...note, title: "The Twins", year: 1910 },
  ]);
  expect(twins.find({ titles: ["Twins"], year: 1910, people: [], actors: [] })).toBeUndefined();
});
