import { EventEmitter } from "node:events";
import type { Redis } from "ioredis";

/** Tells model workers that nobody waits for a ticket any more. Best effort: a ticket also ends at its deadline. */
export interface CancelChannel {
  /** Announces that a ticket is cancelled. Never throws. */
  publish(ticketId: string): void;
  /** Calls `listener` with each cancelled ticket's id; returns how to stop that. */
  subscribe(listener: (ticketId: string) => void): () => void;
}

/** A channel within one process, for the embedded default. */
export function createLocalCancelChannel(): CancelChannel {
  const emitter = new EventEmitter();
  return {
    publish: (ticketId) => void emitter.emit("cancel", ticketId),
    subscribe(listener) {
      emitter.on("cancel", listener);
      return () => emitter.off("cancel", listener);
    },
  };
}

const CHANNEL = "cinedeepmatch:cancel";

/**
 * A channel over Redis.
 *
 * @param publisher a connection for commands
 * @param subscriber a connection of the channel's own: a subscribed connection serves nothing else
 */
export function createRedisCancelChannel(publisher: Redis, subscriber: Redis): CancelChannel {
  const emitter = new EventEmitter();
  let subscribed = false;
  subscriber.on("message", (_channel, ticketId) => emitter.emit("cancel", ticketId));
  return {
    publish(ticketId) {
      publisher.publish(CHANNEL, ticketId).catch(() => {
        // The ticket ends at its deadline all the same.
      });
    },
    subscribe(listener) {
      emitter.on("cancel", listener);
      if (!subscribed) {
        subscribed = true;
        // ioredis subscribes again by itself after a reconnect.
        subscriber.subscribe(CHANNEL).catch(() => {
          subscribed = false;
        });
      }
      return () => emitter.off("cancel", listener);
    },
  };
}
