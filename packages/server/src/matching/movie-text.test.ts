import { expect, test } from "vitest";
import { encodingText, type MovieText } from "./movie-text.js";

const empty: MovieText = {
  title: "Untold",
  genres: [],
  countries: [],
  languages: [],
  keywords: [],
  synopsis: "",
  credits: [],
};

test("each sentence of the story is a passage, without those who made the movie", () => {
  const synopsis =
    "Jaws is a 1975 thriller film directed by Steven Spielberg and starring Roy Scheider. A shark hunts swimmers off a beach town.";
  expect(encodingText({ ...empty, title: "Jaws", synopsis })).toBe(
    "Jaws is a 1975 thriller film .\nA shark hunts swimmers off a beach town.",
  );
});

test("a synopsis that does not name its movie is introduced", () => {
  const text = encodingText({
    ...empty,
    title: "Jaws",
    releaseYear: 1975,
    genres: ["Thriller"],
    synopsis: "A shark hunts swimmers off a beach.",
  });
  expect(text).toBe("Jaws: 1975 Thriller movie\nA shark hunts swimmers off a beach.");
});

test("a movie of which only the title is known still has a text", () => {
  expect(encodingText(empty)).toBe("Untold: movie");
  expect(encodingText({ ...empty, keywords: ["heist", "vault"] })).toBe("Untold: movie\nheist, vault");
});

test("an endless synopsis is cut and a title of several lines stays on one", () => {
  expect(encodingText({ ...empty, synopsis: "Something happens to them again. ".repeat(500) }).split("\n").length).toBe(
    12,
  );
  expect(encodingText({ ...empty, title: "Two\nlines" })).toBe("Two lines: movie");
});
