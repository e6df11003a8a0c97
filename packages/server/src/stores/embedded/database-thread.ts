import { parentPort, workerData } from "node:worker_threads";
import { PGlite, type Results, type Transaction } from "@electric-sql/pglite";
import type { Failure, FromDatabase, Statement, StatementResult, ToDatabase } from "./database-messages.js";

// The embedded database in a thread of its own; threaded-database.ts is its other end. It imports nothing of ours but
// types, so that it runs as it is written, too.

/** An open transaction, and what ends it. */
interface Open {
  readonly transaction: Transaction;
  readonly end: PromiseWithResolvers<void>;
  /** Settles when it has ended. */
  readonly ended: Promise<void>;
}

// PostgreSQL's type numbers.
const BYTEA = 17;
const INT8 = 20;
/** With a memory of their own: what goes to another thread takes all of the memory along that it is a part of. */
const readBytes = (hex: string) => new Uint8Array(Buffer.from(hex.slice(2), "hex"));
const PARSERS = { exact: { [BYTEA]: readBytes, [INT8]: BigInt }, loose: { [BYTEA]: readBytes } };

const port = parentPort;
if (port === null) throw new Error("This file is the inside of a thread.");
const { path, settings } = workerData as { path: string; settings: string[] };
const tell = (message: FromDatabase) => port.postMessage(message);

const pglite = await PGlite.create(path, {
  startParams: [...PGlite.defaultStartParams, ...settings.flatMap((setting) => ["-c", setting])],
});
const transactions = new Map<number, Open>();

function begin(id: number): Promise<undefined> {
  const begun = Promise.withResolvers<undefined>();
  const end = Promise.withResolvers<void>();
  const ended = pglite.transaction(async (transaction) => {
    transactions.set(id, { transaction, end, ended });
    begun.resolve(undefined);
    await end.promise;
  });
  ended.catch(begun.reject).finally(() => transactions.delete(id));
  return begun.promise;
}

async function end(id: number, isCommit: boolean): Promise<undefined> {
  const { end, ended } = open(id);
  if (isCommit) {
    end.resolve();
    await ended;
  } else {
    end.reject(new Error("The transaction is rolled back."));
    await ended.catch(() => {});
  }
}

function open(id: number): Open {
  const found = transactions.get(id);
  if (found === undefined) throw new Error("The transaction has ended.");
  return found;
}

async function run({ text, parameters, reading, transaction }: Statement): Promise<StatementResult> {
  const connection = transaction === undefined ? pglite : open(transaction).transaction;
  return resultOf(await connection.query<Record<string, unknown>>(text, parameters, { parsers: PARSERS[reading] }));
}

function resultOf({ rows, fields, affectedRows }: Results<Record<string, unknown>>): StatementResult {
  const byteColumns = fields.filter(({ dataTypeID }) => dataTypeID === BYTEA).map(({ name }) => name);
  return { rows, affectedRows, byteColumns };
}

async function answer(message: ToDatabase): Promise<StatementResult | undefined> {
  switch (message.kind) {
    case "statement":
      return run(message);
    case "script": {
      const last = (await pglite.exec(message.text, { parsers: PARSERS.loose })).at(-1);
      return last === undefined ? undefined : resultOf(last as Results<Record<string, unknown>>);
    }
    case "begin":
      return begin(message.id);
    case "end":
      return end(message.transaction, message.isCommit);
    case "close":
      await pglite.close();
      return undefined;
  }
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), stack: undefined, fields: {} };
  const isPlain = ([, value]: [string, unknown]) => typeof value === "string" || typeof value === "number";
  const fields = Object.fromEntries(Object.entries(error).filter(isPlain));
  return { name: error.name, message: error.message, stack: error.stack, fields };
}

pglite.onNotification((channel, payload) => tell({ kind: "notification", channel, payload }));
port.on("message", async (message: ToDatabase) => {
  const { id } = message;
  try {
    tell({ kind: "done", id, result: await answer(message) });
  } catch (error) {
    tell({ kind: "failed", id, failure: failureOf(error) });
  }
});
tell({ kind: "ready" });
