/** The ids that a movie or person can have: PostgreSQL refuses to compare with the others. */
export function storableIds(ids: readonly string[]): string[] {
  return ids.filter((id) => !id.includes("\0") && id.isWellFormed());
}
