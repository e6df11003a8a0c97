import type { BackupPart } from "./backup-lines.js";
import { readBackup } from "./read-backup.js";

const FILES = "model files";

/** Reads a backup to its end, and says what is in it. */
export async function describeBackup(path: string): Promise<string> {
  const counts = new Map<string, number>();
  let name = "";
  let missing = 0;
  for await (const step of readBackup(path)) {
    if (step.kind === "part") {
      name = nameOf(step.part);
      if (step.part.kind === "file" && step.part.isMissing) missing += 1;
      else if (step.part.kind === "file") counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    if (step.kind === "row" && name !== FILES) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const parts = [...counts].map(([part, count]) => `${count} in ${part}`);
  const gone = missing === 0 ? "" : `; ${missing} files of registered models were not to be found`;
  return `${parts.join(", ") || "nothing"}${gone}; every digest is right`;
}

function nameOf({ kind, name }: BackupPart): string {
  if (kind === "catalog") return "movies";
  return kind === "file" ? FILES : name;
}
