import { ErrorReason } from "@cinedeepmatch/contract";
import { ServiceError } from "../matching/service-error.js";

/** Where a list goes on: the sort keys of the last item that was returned. */
export type CursorKeys = readonly (string | number)[];

/** Makes a cursor of sort keys. */
export function encodeCursor(keys: CursorKeys): string {
  return Buffer.from(JSON.stringify(keys)).toString("base64url");
}

/**
 * Reads a cursor that {@link encodeCursor} made; undefined for the first page.
 *
 * @param kinds the types of the keys that the list has
 * @throws ServiceError PAGE_TOKEN_INVALID for any other text
 */
export function decodeCursor<const Kinds extends readonly ("string" | "number")[]>(
  cursor: string | undefined,
  kinds: Kinds,
): KeysOf<Kinds> | undefined {
  if (cursor === undefined) return undefined;
  const keys = parse(Buffer.from(cursor, "base64url").toString());
  if (!Array.isArray(keys) || keys.length !== kinds.length || kinds.some((kind, at) => typeof keys[at] !== kind)) {
    throw new ServiceError(ErrorReason.PAGE_TOKEN_INVALID, "The page token is not one of this list.");
  }
  return keys as KeysOf<Kinds>;
}

type KeysOf<Kinds extends readonly ("string" | "number")[]> = {
  -readonly [At in keyof Kinds]: Kinds[At] extends "string" ? string : number;
};

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A page of rows that were read with one more than the limit, to see whether there is a next page. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  keysOf: (row: Row) => CursorKeys,
  itemOf: (row: Row) => Item,
): { items: Item[]; nextCursor: string | undefined } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { items: shown.map(itemOf), nextCursor: hasMore ? encodeCursor(keysOf(last)) : undefined };
}
