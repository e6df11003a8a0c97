import { clone } from "@bufbuild/protobuf";
import { type Movie, MovieSchema } from "@cinedeepmatch/contract";

/** What an import in the mode MERGE makes of a movie: what it has stays, what it lacks is filled in. */
export function mergeMovies(existing: Movie, imported: Movie): Movie {
  const merged = clone(MovieSchema, existing);
  merged.title ||= imported.title;
  merged.originalTitle ||= imported.originalTitle;
  merged.releaseYear ||= imported.releaseYear;
  merged.runtimeMinutes ||= imported.runtimeMinutes;
  merged.synopsis ||= imported.synopsis;
  merged.posterUri ||= imported.posterUri;
  merged.genres = filled(merged.genres, imported.genres);
  merged.languages = filled(merged.languages, imported.languages);
  merged.countries = filled(merged.countries, imported.countries);
  merged.keywords = filled(merged.keywords, imported.keywords);
  merged.credits = filled(merged.credits, imported.credits);
  merged.externalIds = unitedExternalIds(merged, imported);
  const rating = merged.rating ?? imported.rating;
  if (rating !== undefined) merged.rating = rating;
  const features = merged.features ?? imported.features;
  if (features !== undefined) merged.features = features;
  return merged;
}

function filled<T>(existing: T[], imported: T[]): T[] {
  return existing.length > 0 ? existing : imported;
}

function unitedExternalIds(existing: Movie, imported: Movie): Movie["externalIds"] {
  const known = new Set(existing.externalIds.map(externalIdKey));
  return [
    ...existing.externalIds,
    ...imported.externalIds.filter((externalId) => !known.has(externalIdKey(externalId))),
  ];
}

/** An external id as one text, for maps. */
export function externalIdKey(externalId: { readonly source: string; readonly value: string }): string {
  return `${externalId.source}:${externalId.value}`;
}
