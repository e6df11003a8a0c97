import type { Failure, StatementResult } from "./database-messages.js";

/** Bytes with a memory of their own: what goes to another thread takes all of the memory along that it is a part of. */
export function ofItsOwn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ofItsOwn);
  return value instanceof Uint8Array ? new Uint8Array(value) : value;
}

/** The result with bytes as our stores want them. */
export function withBuffers(result: StatementResult | undefined): StatementResult | undefined {
  for (const column of result?.byteColumns ?? []) {
    for (const row of result?.rows ?? []) {
      const bytes = row[column];
      if (bytes instanceof Uint8Array) row[column] = Buffer.from(bytes.buffer);
    }
  }
  return result;
}

/** The error that a failure was, with what PostgreSQL said of it. */
export function errorOf({ name, message, stack, fields }: Failure): Error {
  return Object.assign(new Error(message), { name, stack, ...fields });
}
