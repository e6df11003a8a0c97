import { EventType, type Movie } from "@cinedeepmatch/contract";
import { EMPTY_MATCH, type MatchWork } from "../../matching/match-work.js";

const NOTHING: MatchWork = { ...EMPTY_MATCH, explain: true };
const DOINGS = [EventType.VIEWED, EventType.CLICKED, EventType.LIKED, EventType.WATCHED, EventType.WATCHLISTED];
/** Which parts a request has, in turn. */
const MIXTURES = ["text", "movies", "people", "recent", "text recent", "text movies", "movies recent", "text people"];

/** Requests of all kinds, as people might send them over a catalogue: always the same for the same numbers. */
export function* randomRequests(movies: readonly Movie[], random: () => number): Generator<MatchWork> {
  const one = <T>(all: readonly T[]) => all[Math.floor(random() * all.length)] as T;
  const several = <T>(least: number, most: number, make: () => T) =>
    Array.from({ length: least + Math.floor(random() * (most - least + 1)) }, make);
  const liking = () => (random() < 0.8 ? 0.3 + 0.7 * random() : -0.3 - 0.7 * random());
  const text = () => {
    const movie = one(movies);
    const sentences = movie.synopsis.split(/(?<=[.!?])\s+/).filter((sentence) => sentence.length > 20);
    const { genres, keywords, credits } = movie;
    const described = [one([...genres, "film"]), ...several(1, 3, () => one([...keywords, movie.title]))].join(" ");
    const starring = `${one(genres.length > 0 ? genres : ["film"])} with ${credits.length > 0 ? one(credits).displayName : movie.title}`;
    return one([...(sentences.length > 0 ? [one(sentences), one(sentences)] : []), described, starring]);
  };
  const people = () => {
    const { credits } = one(movies);
    return credits.length === 0 ? [] : [{ id: one(credits).personId, weight: liking() }];
  };
  const recent = () => {
    return several(1, 12, () => {
      const type = random() < 0.2 ? EventType.DISLIKED : one(DOINGS);
      return { movieId: one(movies).id, type, ageSeconds: random() * 30 * 24 * 3_600 };
    });
  };
  for (let turn = 0; ; turn++) {
    const mixture = MIXTURES[turn % MIXTURES.length] as string;
    yield {
      ...NOTHING,
      ...(mixture.includes("text") && { text: text() }),
      ...(mixture.includes("movies") && { movies: several(1, 5, () => ({ id: one(movies).id, weight: liking() })) }),
      ...(mixture.includes("people") && { people: several(1, 3, people).flat() }),
      ...(mixture.includes("recent") && { recent: recent() }),
    };
  }
}
