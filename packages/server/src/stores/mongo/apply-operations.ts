import { type AnyBulkWriteOperation, type Collection, MongoBulkWriteError, type UpdateFilter } from "mongodb";
import { inSlices } from "../in-slices.js";
import type { CatalogCollections, CommittedDocument, Operation } from "./documents.js";
import { readDocuments } from "./read-documents.js";
import type { ServerTraits } from "./server-traits.js";

const OPERATIONS_PER_COMMAND = 500;

/**
 * Does what a commit says. Any number of processes may do it any number of times and at any time: an operation changes
 * only a document that no later commit, and not this one, has written.
 */
export async function applyOperations(
  collections: CatalogCollections,
  commit: number,
  operations: readonly Operation[],
  traits: ServerTraits,
): Promise<void> {
  const byCollection = Map.groupBy(operations, ({ collection }) => collection);
  await Promise.all(
    [...byCollection].map(async ([name, group]) => {
      const collection = collections[name] as unknown as Collection<CommittedDocument>;
      for (const slice of inSlices(group, OPERATIONS_PER_COMMAND)) {
        const due = traits.keyAlone ? await dueOperations(collection, commit, slice, traits) : slice;
        await write(
          collection,
          due.map((operation) => commandOf(commit, operation, traits)),
        );
      }
    }),
  );
}

/** The operations whose documents no later commit has written, where the server cannot be told to look for itself. */
async function dueOperations(
  collection: Collection<CommittedDocument>,
  commit: number,
  operations: readonly Operation[],
  traits: ServerTraits,
): Promise<Operation[]> {
  const keys = operations.filter(({ isNew }) => !isNew).map(({ id }) => id);
  const documents = await readDocuments(collection, keys, { commit: 1 }, traits);
  const written = new Map(documents.map((document) => [document._id, document.commit]));
  return operations.filter(({ isNew, id }) => isNew || (written.get(id) ?? commit) < commit);
}

function commandOf(
  commit: number,
  { id, isNew, fields, absent = [], vector }: Operation,
  traits: ServerTraits,
): AnyBulkWriteOperation<CommittedDocument> {
  // There is such a document already when this has been done before.
  if (isNew) return { insertOne: { document: { ...fields, _id: id, commit } } };
  const update: UpdateFilter<CommittedDocument> = {
    $set: { ...fields, commit, ...(vector && { [`vectors.${vector.field}`]: vector.bytes }) },
    ...(absent.length > 0 && { $unset: Object.fromEntries(absent.map((field) => [field, ""])) }),
  };
  // FerretDB v1 runs out of connections over a long list of `updateOne`.
  if (traits.keyAlone) return { updateMany: { filter: { _id: id }, update } };
  return { updateOne: { filter: { _id: id, commit: { $lt: commit } }, update } };
}

async function write(
  collection: Collection<CommittedDocument>,
  commands: AnyBulkWriteOperation<CommittedDocument>[],
): Promise<void> {
  if (commands.length === 0) return;
  try {
    await collection.bulkWrite(commands, { ordered: false });
  } catch (error) {
    if (!isDoneBefore(error)) throw error;
  }
}

function isDoneBefore(error: unknown): boolean {
  if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError() !== undefined) return false;
  const failures = [error.writeErrors].flat();
  return failures.length > 0 && failures.every(({ code }) => code === 11000);
}
