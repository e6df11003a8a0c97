import type { Binary, Collection, Document } from "mongodb";

/**
 * The collections of a catalogue. Nothing is ever removed from the first four: what has been deleted loses its fields
 * and keeps `_id` and `commit`, so that a late writer is told from one that comes in turn.
 */
export interface CatalogCollections {
  readonly movies: Collection<MovieDocument>;
  readonly people: Collection<PersonDocument>;
  readonly externalIds: Collection<ExternalIdDocument>;
  readonly imports: Collection<ImportDocument>;
  readonly commits: Collection<CommitDocument>;
  readonly commitParts: Collection<CommitPartDocument>;
  readonly turns: Collection<TurnDocument>;
}

/** What all that is written by commits has. */
export interface CommittedDocument {
  /** See `keyOf`. */
  readonly _id: string;
  /** The number of the tenant's commit that wrote it last. */
  readonly commit: number;
}

/** A movie, or what is left of it. */
export interface MovieDocument extends CommittedDocument {
  /** The tenant in whose feed it is, deleted or not. */
  readonly feed: string;
  /** Its place in the feed. */
  readonly revision: number;
  /** This and what follows is absent once the movie is deleted, so that no other index than the feed's has it. */
  readonly tenant?: string;
  readonly id?: string;
  /** The movie as proto3 JSON, which anybody can query; see `movie-document.ts`. */
  readonly movie?: Document;
  /** Features that a document cannot hold, as JSON text. */
  readonly otherFeatures?: string | null;
  readonly textDigest?: string;
  readonly titleKey?: string;
  readonly releaseYear?: number;
  readonly runtimeMinutes?: number;
  readonly rating?: number;
  readonly ratingCount?: number;
  /** See `movieTerms`. */
  readonly terms?: readonly string[];
  /** The versions of the models that have encoded its present text. */
  readonly encoded?: readonly string[];
  /** Their vectors, by `fieldOf` the version. */
  readonly vectors?: Readonly<Record<string, Binary>>;
}

/** A person; without fields when nobody credits the person any more. */
export interface PersonDocument extends CommittedDocument {
  readonly tenant?: string;
  readonly id?: string;
  readonly displayName?: string;
  readonly creditCount?: number;
  /** The words of the name. */
  readonly words?: readonly string[];
}

/** An id in another system. That `_id` is unique makes it unique. */
export interface ExternalIdDocument extends CommittedDocument {
  /** Absent when no movie has it. */
  readonly movieId?: string;
}

/** How far an import is. */
export interface ImportDocument extends CommittedDocument {
  readonly committedRow: number;
  readonly createdCount: number;
  readonly updatedCount: number;
  readonly rejectedCount: number;
}

/** Counts of a tenant's catalogue after a commit. */
export interface CatalogState {
  readonly revision: number;
  readonly movieCount: number;
  readonly personCount: number;
  /** By `fieldOf` the model's version. */
  readonly encodedCounts: Readonly<Record<string, number>>;
  /** How movies' texts were made when all their digests were last brought up to date; absent or empty when nobody knows. */
  readonly textsVersion?: string;
  /** Tells this catalogue from every other; made with the first commit. */
  readonly catalogId?: string;
}

/** One entry of a tenant's log; see `catalog-log.ts`. */
export interface CommitDocument {
  /** The tenant and the commit's number. */
  readonly _id: string;
  readonly number: number;
  /** Tells it from every other commit, also from one of the same number. */
  readonly token: string;
  /** The token of the commit before it; empty for the first. */
  readonly previous: string;
  /** The store that made it. */
  readonly owner: string;
  readonly before: CatalogState;
  readonly after: CatalogState;
  /** Whether all its operations have been done. */
  readonly isApplied: boolean;
  /** What it does; absent when that stands in parts, and when it has been done. */
  readonly operations?: readonly Operation[];
  readonly partCount: number;
}

/** Part of the operations of a commit that is too large for one document. */
export interface CommitPartDocument {
  /** The commit's token and the part's number. */
  readonly _id: string;
  readonly operations: readonly Operation[];
}

/** What a commit does to one document. Doing it again, or late, changes nothing. */
export interface Operation {
  readonly collection: "movies" | "people" | "externalIds" | "imports";
  readonly id: string;
  /** Whether there was no such document before. */
  readonly isNew: boolean;
  readonly fields: Document;
  /** Fields that go. */
  readonly absent?: readonly string[];
  /** A vector to keep, by `fieldOf` the model's version. */
  readonly vector?: { readonly field: string; readonly bytes: Binary };
}

/** Who wants to write next; see `turns.ts`. */
export interface TurnDocument {
  /** The tenant's key. */
  readonly _id: string;
  readonly owner: string;
}
