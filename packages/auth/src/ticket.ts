import { ISSUER } from "./audience.js";

/**
 * One unit of work on its way to a model worker through a queue that is not trusted: who asks, for what, until when.
 */
export interface Ticket<P = unknown> {
  /** The id of the request or job the ticket travels with; a sealed ticket opens under no other id. */
  readonly ticketId: string;
  /** On whose behalf the work is done. */
  readonly subject: string;
  /** The tenant whose data the work may use. */
  readonly tenant: string;
  /** The scope that allows the work; a plain string whose meaning the server owns. */
  readonly scope: string;
  /** The model that is to do the work. */
  readonly model: string;
  /** The request's deadline, in milliseconds since the Unix epoch; the ticket cannot be opened afterwards. */
  readonly expiresAt: number;
  /** The work: any JSON value. */
  readonly payload: P;
}

/** The most that a sealed ticket may be, in characters of sealed text; about 786 000 bytes of JSON. */
export const MAX_TICKET_LENGTH = 1_048_576;

/**
 * The implicit assertion of a ticket: it says that this is a ticket, not a token, and under which id it opens.
 * The id stands last, so no id can imitate another assertion.
 */
export function ticketAssertion(ticketId: string): Uint8Array {
  return Buffer.from(`${ISSUER}/ticket/${ticketId}`);
}
