import type { LearningEvent, LearningMovie } from "./activity.js";
import { normal, seededRandom } from "./random.js";

/** Length of the content vectors. */
export const CONTENT = 8;
/** Length of the facts of a movie, which say its genre. */
export const FACTS = 96;
const GENRES = 4;
const PER_GENRE = 12;
const EVENTS = 14;

/** The genre of movie `m<index>`. */
export const genreOf = (id: string) => Math.floor(Number(id.slice(1)) / PER_GENRE);

/** Movies of four genres that content tells apart, the last of each genre never seen by anybody. */
export function worldMovies(): LearningMovie[] {
  const random = seededRandom(5);
  return Array.from({ length: GENRES * PER_GENRE }, (_, index) => {
    const vector = Float32Array.from({ length: CONTENT }, () => normal(random, 0.15));
    const genre = Math.floor(index / PER_GENRE);
    vector[genre] = (vector[genre] as number) + 1;
    const facts = new Float32Array(FACTS);
    facts[genre] = 1;
    return { id: `m${index}`, vector, facts };
  });
}

/** The movie that follows another in this world, nine times of ten: the next of its genre, round and round. */
export function followerOf(id: string): string {
  const genre = genreOf(id);
  const place = Number(id.slice(1)) % PER_GENRE;
  return `m${genre * PER_GENRE + ((place + 1) % (PER_GENRE - 1))}`;
}

/** Users who keep to one genre and go along its movies. */
export function worldEvents(users: number): LearningEvent[] {
  const random = seededRandom(9);
  return Array.from({ length: users }, (_, user) => {
    let movieId = `m${(user % GENRES) * PER_GENRE + Math.floor(random() * (PER_GENRE - 1))}`;
    return Array.from({ length: EVENTS }, (_, place) => {
      const event = { userId: `u${user}`, movieId, weight: 1, time: 1_000_000 + place * 3600 };
      const stray = `m${genreOf(movieId) * PER_GENRE + Math.floor(random() * (PER_GENRE - 1))}`;
      movieId = random() < 0.9 ? followerOf(movieId) : stray;
      return event;
    });
  }).flat();
}

/** Cut into batches, as a store gives them. */
export async function* inBatches<T>(rows: readonly T[], size = 500): AsyncGenerator<readonly T[]> {
  for (let from = 0; from < rows.length; from += size) yield rows.slice(from, from + size);
}
