import { ImportFileError } from "../importing/import-row.js";
import { openBytes } from "../importing/open-bytes.js";
import { parseJson } from "../importing/parse-json.js";
import { splitLines } from "../importing/split-lines.js";

/** A query as people type it, and the movie that whoever typed it had in mind. */
export interface KnownItemQuery {
  readonly query: string;
  /** How it is put, for example `keywords`. */
  readonly style: string;
  /** How well the movie is known, for example `obscure`. */
  readonly tier: string;
  readonly title: string;
  readonly year: number;
  /** The last part of the movie's address at Wikipedia, where it is known. */
  readonly href: string | undefined;
}

/** Reads a file of queries, one as JSON a line. A bad line is an error: a measurement must not leave some out. */
export async function readKnownItemQueries(path: string): Promise<KnownItemQuery[]> {
  const queries: KnownItemQuery[] = [];
  for await (const line of splitLines(openBytes(path))) {
    const parsed = "problem" in line ? line : parseJson(line.bytes);
    const read = "problem" in parsed ? parsed : readQuery(parsed.value);
    if ("problem" in read) throw new ImportFileError(`${path}:${line.row}: ${read.problem}`);
    queries.push(read);
  }
  if (queries.length === 0) throw new ImportFileError(`${path} has no queries.`);
  return queries;
}

function readQuery(value: unknown): KnownItemQuery | { readonly problem: string } {
  const { query, style, tier, title, year, href } = (value ?? {}) as Record<string, unknown>;
  if (typeof query !== "string" || query.trim() === "") return { problem: "query: is missing" };
  if (typeof title !== "string" || title === "") return { problem: "title: is missing" };
  if (typeof year !== "number") return { problem: "year: is no number" };
  return {
    query,
    title,
    year,
    style: typeof style === "string" ? style : "none",
    tier: typeof tier === "string" ? tier : "none",
    href: typeof href === "string" && href !== "" ? href : undefined,
  };
}

/** So many of the queries, evenly spread over the file, whose neighbours are alike. */
export function sample<T>(items: readonly T[], count: number): T[] {
  if (count >= items.length) return [...items];
  return Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)] as T);
}
