/** A backup cannot be used, or not here; the message says why, and what to do about it. */
export class BackupError extends Error {
  override readonly name = "BackupError";
}
