import type { Movie } from "@cinedeepmatch/contract";
import type { CatalogStore } from "../matching/catalog-store.js";
import { digestOfRow } from "../matching/row-hash.js";
import { BackupError } from "./backup-error.js";
import { type CatalogRow, catalogRows, parseCatalogRow } from "./catalog-rows.js";

/** A catalogue to restore into. */
export interface CatalogTarget {
  readonly catalog: CatalogStore;
  /** Whose vectors the backup has. */
  readonly modelVersion: string;
  /** The digest of the text that the model encodes of a movie, for backups that do not have it. */
  readonly textDigest: (movie: Movie) => string;
}

/** The movies that there are to be: digests of their rows, by tenant and id as JSON. */
export type WantedMovies = Map<string, string>;

const MOVIES_PER_WRITE = 200;

/** Deletes every movie that is not as it is wanted; returns those that are. */
export async function clearCatalog(target: CatalogTarget, wanted: WantedMovies): Promise<ReadonlySet<string>> {
  const { catalog, modelVersion } = target;
  const kept = new Set<string>();
  const unwanted = new Map<string, string[]>();
  for await (const { tenant, id, movie, text } of catalogRows(catalog, modelVersion)) {
    const key = JSON.stringify([tenant, id]);
    if (movie === undefined) continue;
    if (wanted.get(key) === digestOfRow(text)) kept.add(key);
    else if (unwanted.get(tenant)?.push(id) === undefined) unwanted.set(tenant, [id]);
  }
  for (const [tenant, ids] of unwanted) {
    for (let at = 0; at < ids.length; at += MOVIES_PER_WRITE) {
      await catalog.deleteMovies(tenant, ids.slice(at, at + MOVIES_PER_WRITE));
    }
  }
  return kept;
}

/** Writes rows of a backup to a catalogue, many at a time. */
export class CatalogWriter {
  readonly #target: CatalogTarget;
  readonly #wanted: WantedMovies;
  readonly #kept: ReadonlySet<string>;
  #rows: CatalogRow[] = [];

  constructor(target: CatalogTarget, wanted: WantedMovies, kept: ReadonlySet<string>) {
    this.#target = target;
    this.#wanted = wanted;
    this.#kept = kept;
  }

  async add(text: string): Promise<void> {
    const row = parseCatalogRow(text);
    const key = JSON.stringify([row.tenant, row.id]);
    // An older row of a movie that was written again while the backup was made is not wanted.
    if (this.#kept.has(key) || this.#wanted.get(key) !== digestOfRow(text)) return;
    if (this.#rows.length >= MOVIES_PER_WRITE || row.tenant !== (this.#rows[0]?.tenant ?? row.tenant)) {
      await this.flush();
    }
    this.#rows.push(row);
  }

  async flush(): Promise<void> {
    const rows = this.#rows;
    this.#rows = [];
    const [first] = rows;
    if (first === undefined) return;
    const { catalog, modelVersion, textDigest } = this.#target;
    const movies = rows.flatMap(({ movie }) => movie ?? []);
    // Of the texts that were encoded. Whether movies have other ones now, the server finds out that is started next.
    const digests = new Map(
      rows.flatMap((row) => (row.movie ? [[row.id, row.textDigest ?? textDigest(row.movie)] as const] : [])),
    );
    await catalog.restoreMovies(first.tenant, movies, digests);
    const vectors = rows.flatMap(({ id, vector }) =>
      vector === undefined ? [] : [{ movieId: id, textDigest: digests.get(id) ?? "", vector }],
    );
    if (vectors.length > 0) await catalog.storeVectors(first.tenant, modelVersion, vectors);
  }
}

/** Compares a catalogue with what it is to be; returns how many movies it has. */
export async function compareCatalog({ catalog, modelVersion }: CatalogTarget, wanted: WantedMovies): Promise<number> {
  let count = 0;
  for await (const { tenant, id, movie, text } of catalogRows(catalog, modelVersion)) {
    if (movie === undefined) continue;
    if (wanted.get(JSON.stringify([tenant, id])) !== digestOfRow(text)) {
      throw new BackupError(`The restored movie ${id} is not what the backup holds: restore again, with --replace.`);
    }
    count += 1;
  }
  if (count !== wanted.size) {
    throw new BackupError(`${wanted.size - count} movies were not restored: restore again, with --replace.`);
  }
  return count;
}
