import type { SealedTicket } from "./batch-job.js";

const MAX_TICKETS = 64;
const MAX_CHARACTERS = 512 * 1024;
const MAX_WAIT_MS = 1;

/**
 * Gathers tickets that arrive together into one batch: the queue's cost is per job, and one job for each request
 * would cap a server at some 2,500 matches a second.
 */
export class TicketBatcher {
  readonly #flush: (tickets: SealedTicket[]) => void;
  #tickets: SealedTicket[] = [];
  #characters = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param flush takes a full or overdue batch, never an empty one */
  constructor(flush: (tickets: SealedTicket[]) => void) {
    this.#flush = flush;
  }

  add(ticket: SealedTicket): void {
    if (this.#characters > 0 && this.#characters + ticket.sealed.length > MAX_CHARACTERS) this.#send();
    this.#tickets.push(ticket);
    this.#characters += ticket.sealed.length;
    if (this.#tickets.length >= MAX_TICKETS) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), MAX_WAIT_MS);
  }

  /** Takes a ticket out again that nobody waits for any more; false when it has left already. */
  withdraw(ticketId: string): boolean {
    const index = this.#tickets.findIndex((ticket) => ticket.id === ticketId);
    if (index < 0) return false;
    const [ticket] = this.#tickets.splice(index, 1);
    this.#characters -= ticket?.sealed.length ?? 0;
    return true;
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const tickets = this.#tickets;
    this.#tickets = [];
    this.#characters = 0;
    if (tickets.length > 0) this.#flush(tickets);
  }
}
