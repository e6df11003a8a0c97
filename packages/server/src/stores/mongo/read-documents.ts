import type { Collection, Document, Filter, WithId } from "mongodb";
import { inSlices } from "../in-slices.js";
import type { ServerTraits } from "./server-traits.js";

const KEYS_PER_QUERY = 1000;
/** As many lookups by key take FerretDB v1 about as long as reading a few hundred documents. */
const FEW = 100;

/** The documents with these keys, in any order. */
export async function readDocuments<T extends { _id: string }>(
  collection: Collection<T>,
  keys: readonly string[],
  projection: Document,
  traits: ServerTraits,
): Promise<WithId<T>[]> {
  const distinct = [...new Set(keys)];
  if (traits.keyAlone && distinct.length <= FEW) {
    const found = await Promise.all(
      distinct.map((key) => collection.findOne({ _id: key } as Filter<T>, { projection })),
    );
    return found.filter((document) => document !== null);
  }
  const documents: WithId<T>[] = [];
  for (const slice of inSlices(distinct, KEYS_PER_QUERY)) {
    documents.push(...(await collection.find({ _id: { $in: slice } } as Filter<T>, { projection }).toArray()));
  }
  return documents;
}
