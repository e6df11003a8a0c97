import { readBackup } from "./read-backup.js";

/** Reads a backup to its end, and says what is in it. */
export async function describeBackup(path: string): Promise<string> {
  const counts = new Map<string, number>();
  let name = "";
  for await (const step of readBackup(path)) {
    if (step.kind === "part") name = step.part.kind === "catalog" ? "movies" : step.part.name;
    if (step.kind === "row") counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const parts = [...counts].map(([part, count]) => `${count} in ${part}`);
  return `${parts.join(", ") || "nothing"}; every digest is right`;
}
