import { factsLength } from "@cinedeepmatch/models";
import { expect, test } from "vitest";
import { FACTS, movieFacts } from "./movie-facts.js";

test("years are near to those around them, and genres have places of their own whatever their case", () => {
  const facts = movieFacts({ releaseYear: 1992, genres: ["Drama", "science fiction"] });
  expect(facts).toHaveLength(FACTS);
  expect(facts[20]).toBeCloseTo(Math.exp(-0.2), 6);
  expect(facts[21]).toBeCloseTo(Math.exp(-0.3), 6);
  expect(facts[0]).toBeLessThan(1e-4);
  expect(facts.slice(32).reduce((sum, value) => sum + value, 0)).toBe(4);
  expect([...movieFacts({ releaseYear: 1992, genres: ["drama", "Science Fiction"] })]).toEqual([...facts]);
});

test("facts are as long as the contract of models says, and stay where they are", () => {
  expect(FACTS).toBe(factsLength);
  const drama = movieFacts({ releaseYear: 0, genres: ["Drama"] });
  expect([...drama.keys()].filter((place) => drama[place] === 1)).toEqual([50, 64]);
});

test("of a movie without year and genres nothing is told", () => {
  expect(movieFacts({ releaseYear: 0, genres: [] }).every((value) => value === 0)).toBe(true);
});
