import { ISSUER } from "./audience.js";
import { AuthError } from "./auth-error.js";
import type { KeyRing } from "./key-ring.js";
import { MAX_TICKET_LENGTH, type Ticket, ticketAssertion } from "./ticket.js";
import { joinFrame } from "./token-frame.js";

/** How {@link sealTicket} seals. */
export interface SealTicketOptions {
  /** The most the sealed text may be, in characters. Defaults to 1 MiB. */
  readonly maxLength?: number;
}

/**
 * Seals a ticket as a v4.local PASETO under the model ring's issuing key. Synchronous: every queued match pays for it,
 * so it encodes the payload once and copies it once.
 *
 * @throws {@link AuthError} `claims_invalid` for an empty id, an impossible deadline or a payload JSON cannot carry;
 *   `ticket_too_large`; `key_none_issuing`
 */
export function sealTicket(ring: KeyRing<"model">, ticket: Ticket, options: SealTicketOptions = {}): string {
  const { maxLength = MAX_TICKET_LENGTH } = options;
  const key = ring.issuingKey();
  const message = Buffer.from(encode(ticket));
  // Refused before the cryptography: base64url makes four characters of three bytes.
  if ((message.length * 4) / 3 > maxLength) throw new AuthError("ticket_too_large");
  const sealed = joinFrame(key.encrypt(message, ticketAssertion(ticket.ticketId)), key.footerText);
  if (sealed.length > maxLength) throw new AuthError("ticket_too_large");
  return sealed;
}

function encode(ticket: Ticket): string {
  const { ticketId, subject, tenant, scope, model, expiresAt, payload } = ticket;
  if (ticketId === "") throw new AuthError("claims_invalid", "A ticket needs an id");
  try {
    const exp = new Date(expiresAt).toISOString();
    const claims = JSON.stringify({ iss: ISSUER, sub: subject, tnt: tenant, scp: scope, mdl: model, exp });
    // Apart from the claims, because a payload that JSON cannot carry would silently be left out of an object.
    const work = JSON.stringify(payload);
    if (work !== undefined) return `${claims.slice(0, -1)},"pld":${work}}`;
  } catch {
    // The reason may quote the payload; what the caller can do about it is the same.
  }
  throw new AuthError("claims_invalid", "A ticket needs a deadline in milliseconds and a payload that JSON can carry");
}
