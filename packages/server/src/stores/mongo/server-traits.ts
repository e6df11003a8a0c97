import type { Db } from "mongodb";

/** In what a server differs from MongoDB. */
export interface ServerTraits {
  /**
   * Whether the server finds a document without reading its whole collection only if the key is all that is asked for,
   * as FerretDB v1 does. Conditions on a write besides the key are then checked by a read before it, which is also all
   * that such a server itself does.
   */
  readonly keyAlone: boolean;
}

/** Finds out what a server is. */
export async function readServerTraits(db: Db): Promise<ServerTraits> {
  const { ferretdbVersion } = await db.command({ buildInfo: 1 });
  return { keyAlone: ferretdbVersion !== undefined };
}
