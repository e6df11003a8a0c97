const COMMON_NAMES: Readonly<Record<string, string>> = {
  animated: "Animation",
  biographical: "Biography",
  children: "Family",
  "children's": "Family",
  "film noir": "Noir",
  "film-noir": "Noir",
  historical: "History",
  romantic: "Romance",
  "sci-fi": "Science Fiction",
  scifi: "Science Fiction",
  sports: "Sport",
};

/** A genre under the name that this catalogue has for it, whatever the source calls it. Others keep their name. */
export function genreName(genre: string): string {
  return COMMON_NAMES[genre.toLowerCase()] ?? genre;
}
