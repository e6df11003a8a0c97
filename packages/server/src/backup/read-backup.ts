import { createHash, type Hash } from "node:crypto";
import { openBytes } from "../importing/open-bytes.js";
import { splitLines } from "../importing/split-lines.js";
import { BackupError } from "./backup-error.js";
import { type BackupHeader, type BackupPart, type ControlLine, FORMAT, VERSION } from "./backup-lines.js";

/** A step of reading a backup. */
export type BackupStep =
  | { readonly kind: "header"; readonly header: BackupHeader }
  | { readonly kind: "part"; readonly part: BackupPart }
  /** A row of the part that was named last. */
  | { readonly kind: "row"; readonly text: string }
  /** The part is whole. */
  | { readonly kind: "end" }
  | { readonly kind: "sequences"; readonly values: Readonly<Record<string, string>> };

/** Of a movie with the longest texts and lists that are allowed, and its vector. */
const LONGEST_LINE = 64 * 1024 * 1024;

/** Reads a backup; whoever has come to the end knows that all of it is there as it was written. */
export async function* readBackup(path: string): AsyncGenerator<BackupStep> {
  const reader = new BackupReader(path);
  for await (const line of splitLines(openBytes(path), LONGEST_LINE)) {
    if ("problem" in line) throw reader.damaged(`line ${line.row} ${line.problem}`);
    const step = reader.read(Buffer.from(line.bytes).toString());
    if (step !== undefined) yield step;
  }
  reader.finish();
}

class BackupReader {
  readonly #path: string;
  #header: BackupHeader | undefined;
  #part: { readonly name: string; readonly hash: Hash; rows: number } | undefined;
  #parts = 0;
  #complete = false;

  constructor(path: string) {
    this.#path = path;
  }

  read(text: string): BackupStep | undefined {
    if (this.#complete) throw this.damaged("something comes after its end");
    if (!text.startsWith("[")) return this.#row(text);
    const line = this.#parse(text);
    if (line[0] === "backup") return this.#begin(line[1]);
    if (this.#header === undefined) throw this.#foreign();
    switch (line[0]) {
      case "part":
        this.#part = { name: line[1].name, hash: createHash("sha256"), rows: 0 };
        this.#parts += 1;
        return { kind: "part", part: line[1] };
      case "end":
        this.#endPart(line[1]);
        return { kind: "end" };
      case "sequences":
        return { kind: "sequences", values: line[1] };
      case "complete":
        if (line[1].parts !== this.#parts) throw this.damaged(`${line[1].parts - this.#parts} parts are missing`);
        this.#complete = true;
        return undefined;
    }
  }

  finish(): void {
    if (this.#header === undefined) throw this.#foreign();
    if (!this.#complete) throw this.damaged("it was cut off");
  }

  damaged(what: string): BackupError {
    return new BackupError(`The backup ${this.#path} is damaged: ${what}.`);
  }

  #begin(header: BackupHeader): BackupStep {
    if (header.format !== FORMAT) throw this.#foreign();
    if (header.version > VERSION) throw new BackupError(`${this.#path} was made by a later release: use that one.`);
    this.#header = header;
    return { kind: "header", header };
  }

  #row(text: string): BackupStep {
    if (this.#header === undefined) throw this.#foreign();
    if (this.#part === undefined) throw this.damaged("a row belongs to no part");
    this.#part.hash.update(text).update("\n");
    this.#part.rows += 1;
    return { kind: "row", text };
  }

  #endPart({ rows, sha256 }: { rows: number; sha256: string }): void {
    const part = this.#part;
    this.#part = undefined;
    if (part === undefined || part.rows !== rows) throw this.damaged(`rows of ${part?.name ?? "a part"} are missing`);
    if (part.hash.digest("hex") !== sha256) throw this.damaged(`rows of ${part.name} are not what was written`);
  }

  #parse(text: string): ControlLine {
    try {
      return JSON.parse(text) as ControlLine;
    } catch {
      throw this.#header === undefined ? this.#foreign() : this.damaged("a line cannot be read");
    }
  }

  #foreign(): BackupError {
    return new BackupError(`${this.#path} is no backup.`);
  }
}
