import { fileURLToPath } from "node:url";

/**
 * The path of what we noted of famous films, as NDJSON: title, year, people, synopsis and keywords. Text, not a model;
 * MODEL_CARD.md beside it says where it is from.
 */
export const filmNotesPath = fileURLToPath(new URL("../assets/film-notes/notes.ndjson", import.meta.url));
