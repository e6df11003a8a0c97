import { BSON } from "mongodb";
import type { Operation } from "./documents.js";

/** MongoDB's limit for a document is 16 MiB. */
const DOCUMENT_BYTES = 8 * 1024 * 1024;
/** A larger document would make every reading of the last commit heavy. */
const INLINE_BYTES = 64 * 1024;

/** Operations in the commit's own document if they are few, or else in parts that fit into a document each. */
export function splitOperations(operations: readonly Operation[]): {
  inline: readonly Operation[] | undefined;
  parts: Operation[][];
} {
  const parts: Operation[][] = [];
  let size = 0;
  let total = 0;
  for (const operation of operations) {
    const bytes = BSON.calculateObjectSize(operation);
    total += bytes;
    size += bytes;
    const part = parts.at(-1);
    if (part === undefined || size > DOCUMENT_BYTES) {
      parts.push([operation]);
      size = bytes;
    } else {
      part.push(operation);
    }
  }
  return total <= INLINE_BYTES ? { inline: operations, parts: [] } : { inline: undefined, parts };
}
