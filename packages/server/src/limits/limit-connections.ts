import type { Server, Socket } from "node:net";
import { networkOf } from "./network-of.js";

/** How many connections a port takes. */
export interface ConnectionLimits {
  readonly total: number;
  /** From one address (IPv6: one /64 network). */
  readonly perAddress: number;
  /** Addresses that stand for many callers, such as gateways: only the total holds for them. None unless given. */
  readonly isExempt?: (address: string) => boolean;
  /** Networks that get none, for what they have done. None unless given. */
  readonly isBanned?: (network: string) => boolean;
}

/** Hangs up on connections beyond a port's limits, before they can say anything. */
export function limitConnections(server: Server, limits: ConnectionLimits): void {
  const { total, perAddress, isExempt = () => false, isBanned = () => false } = limits;
  const open = new Map<string, number>();
  server.maxConnections = total;
  server.prependListener("connection", (socket: Socket) => {
    // It is gone already.
    if (socket.remoteAddress === undefined) return;
    const address = networkOf(socket.remoteAddress);
    const count = (open.get(address) ?? 0) + 1;
    open.set(address, count);
    socket.once("close", () => {
      const rest = (open.get(address) ?? 1) - 1;
      if (rest === 0) open.delete(address);
      else open.set(address, rest);
    });
    if (isBanned(address) || (count > perAddress && !isExempt(socket.remoteAddress))) socket.destroy();
  });
}
