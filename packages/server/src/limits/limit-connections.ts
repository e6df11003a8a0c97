import type { Server, Socket } from "node:net";

/** How many connections a port takes. */
export interface ConnectionLimits {
  readonly total: number;
  /** From one address. */
  readonly perAddress: number;
  /** Addresses that stand for many callers, such as gateways: only the total holds for them. None unless given. */
  readonly isExempt?: (address: string) => boolean;
}

/** Hangs up on connections beyond a port's limits, before they can say anything. */
export function limitConnections(server: Server, { total, perAddress, isExempt = () => false }: ConnectionLimits): void {
  const open = new Map<string, number>();
  server.maxConnections = total;
  server.prependListener("connection", (socket: Socket) => {
    const { remoteAddress: address } = socket;
    // It is gone already.
    if (address === undefined) return;
    const count = (open.get(address) ?? 0) + 1;
    open.set(address, count);
    socket.once("close", () => {
      const rest = (open.get(address) ?? 1) - 1;
      if (rest === 0) open.delete(address);
      else open.set(address, rest);
    });
    if (count > perAddress && !isExempt(address)) socket.destroy();
  });
}
