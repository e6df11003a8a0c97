/** Keeps the bytes of models, by tenant and content. */
export interface ModelFiles {
  has(tenant: string, sha256: string): Promise<boolean>;

  /**
   * Keeps a file of exactly this size and content. FIELD_INVALID when it is another; nothing of it is kept then. A file
   * that is there already is left as it is.
   */
  write(tenant: string, file: FileName, chunks: AsyncIterable<Uint8Array>): Promise<void>;

  /** The whole file, its content proven. MODEL_NOT_FOUND. */
  read(tenant: string, sha256: string): Promise<Uint8Array>;

  /** The file in pieces. MODEL_NOT_FOUND. */
  stream(tenant: string, sha256: string): AsyncIterable<Uint8Array>;

  /** Deletes files older than a day that are not among these, as `tenant/sha256`. Returns how many. */
  sweep(wanted: ReadonlySet<string>): Promise<number>;
}

/** A file of a tenant's models. */
export interface TenantFile extends FileName {
  readonly tenant: string;
}

/** What a file must be. */
export interface FileName {
  readonly sha256: string;
  readonly bytes: number;
}
