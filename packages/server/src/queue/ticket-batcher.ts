import type { SealedTicket } from "./batch-job.js";

const MAX_TICKETS = 64;
const MAX_CHARACTERS = 512 * 1024;
const MAX_WAIT_MS = 1;
const MAX_HOLD_MS = 50;

/**
 * Gathers tickets that arrive together into one batch: the queue's cost is per job, and one job for each request
 * would cap a server at some 2,500 matches a second. Where more batches would only stand in line, it goes on gathering.
 */
export class TicketBatcher {
  readonly #flush: (tickets: SealedTicket[]) => void;
  readonly #isBusy: () => boolean;
  #tickets: SealedTicket[] = [];
  #characters = 0;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param flush takes a full or overdue batch, never an empty one
   * @param isBusy whether as many batches are on their way as make sense; {@link goOn} says when that has changed
   */
  constructor(flush: (tickets: SealedTicket[]) => void, isBusy: () => boolean) {
    this.#flush = flush;
    this.#isBusy = isBusy;
  }

  add(ticket: SealedTicket): void {
    if (this.#characters > 0 && this.#characters + ticket.sealed.length > MAX_CHARACTERS) this.#send();
    this.#tickets.push(ticket);
    this.#characters += ticket.sealed.length;
    if (this.#tickets.length >= MAX_TICKETS) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), this.#isBusy() ? MAX_HOLD_MS : MAX_WAIT_MS);
  }

  /** Another batch has come back. */
  goOn(): void {
    if (!this.#isBusy()) this.#send();
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
