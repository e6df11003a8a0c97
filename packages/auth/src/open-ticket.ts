import { ISSUER } from "./audience.js";
import { AuthError } from "./auth-error.js";
import type { KeyRing } from "./key-ring.js";
import { MAX_TICKET_LENGTH, type Ticket, ticketAssertion } from "./ticket.js";
import { decodeBody, splitFrame } from "./token-frame.js";
import { instant } from "./token-payload.js";

/** Under which circumstances {@link openTicket} opens. */
export interface OpenTicketOptions {
  /** The id of the job the sealed ticket came with. */
  readonly ticketId: string;
  /** The model that is about to run; left out, the ticket says which. */
  readonly model?: string;
  /** The instant to judge at, in milliseconds since the Unix epoch. Defaults to the current time. */
  readonly now?: number;
  /** How long after its deadline a ticket may still be opened, in milliseconds. Defaults to 0: late work is wasted work. */
  readonly clockToleranceMs?: number;
  /** The most sealed text that is looked at, in characters. Defaults to 1 MiB. */
  readonly maxLength?: number;
}

/**
 * Opens what {@link sealTicket} sealed.
 *
 * @param ring - the model ring
 * @param sealed - the sealed text, as it came off the queue
 * @returns the ticket; its payload is authentic, but its type is for the caller to check
 * @throws {@link AuthError} `ticket_too_large`, `ticket_malformed`, `ticket_key_unknown`, `ticket_invalid` (changed, or
 *   sealed for another job), `ticket_expired`, `ticket_wrong_model`
 */
export function openTicket(ring: KeyRing<"model">, sealed: string, options: OpenTicketOptions): Ticket {
  const { ticketId, model, now = Date.now(), clockToleranceMs = 0, maxLength = MAX_TICKET_LENGTH } = options;
  if (sealed.length > maxLength) throw new AuthError("ticket_too_large");
  const frame = splitFrame(sealed);
  if (frame === undefined) throw new AuthError("ticket_malformed");
  const key = ring.keyOfFooter(frame.footerText);
  if (key === undefined) throw new AuthError("ticket_key_unknown");
  const body = decodeBody(frame.bodyText);
  if (body === undefined) throw new AuthError("ticket_malformed");
  const message = key.decrypt(body, ticketAssertion(ticketId));
  const ticket = message && decode(message, ticketId);
  if (ticket === undefined) throw new AuthError("ticket_invalid");
  if (now - clockToleranceMs > ticket.expiresAt) throw new AuthError("ticket_expired");
  if (model !== undefined && model !== ticket.model) throw new AuthError("ticket_wrong_model");
  return ticket;
}

/** Reads what is already known to be ours; a wrong shape means another release of the sealing side. */
function decode(message: Uint8Array, ticketId: string): Ticket | undefined {
  const text = Buffer.from(message.buffer, message.byteOffset, message.length).toString();
  const { iss, sub: subject, tnt: tenant, scp: scope, mdl: model, exp, pld: payload } = parse(text);
  const expiresAt = instant(exp);
  if (iss !== ISSUER || expiresAt === undefined || payload === undefined) return undefined;
  if (typeof subject !== "string" || typeof tenant !== "string") return undefined;
  if (typeof scope !== "string" || typeof model !== "string") return undefined;
  return { ticketId, subject, tenant, scope, model, expiresAt, payload };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
