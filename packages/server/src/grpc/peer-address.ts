import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import { BlockList, isIP } from "node:net";
import { type ContextValues, createContextKey, createContextValues } from "@connectrpc/connect";

/** The address that a call comes from, behind the gateway too; empty when it is unknown. IPv4 is never written as IPv6. */
export const PEER_ADDRESS = createContextKey("", { description: "peer address" });

type Request = IncomingMessage | Http2ServerRequest;

/**
 * Tells whether an address is this machine's or one of these, and so may be a gateway.
 *
 * @param trustedProxies addresses or networks (`10.0.0.0/8`) of gateways that run on other machines
 */
export function trustProxies(trustedProxies: readonly string[]): (address: string) => boolean {
  const trusted = blockListOf(["127.0.0.0/8", "::1/128", ...trustedProxies]);
  return (address) => isIP(plain(address)) !== 0 && trusted.check(plain(address), family(plain(address)));
}

/**
 * Makes the function that connectNodeAdapter asks for a call's context values. `x-forwarded-for` is believed only from
 * gateways, because anyone can send it.
 */
export function createPeerAddress(isGateway: (address: string) => boolean): (request: Request) => ContextValues {
  return ({ socket, headers }) => {
    const forwarded = String(headers["x-forwarded-for"] ?? "").split(",");
    return createContextValues().set(PEER_ADDRESS, peerOf(socket?.remoteAddress ?? "", forwarded, isGateway));
  };
}

/** Each trusted hop names the one before it at the end of the list; the first that is not trusted is the caller. */
function peerOf(socketAddress: string, forwarded: string[], isGateway: (address: string) => boolean): string {
  let peer = plain(socketAddress);
  for (const hop of forwarded.reverse()) {
    const before = plain(hop.trim());
    if (isIP(before) === 0 || !isGateway(peer)) break;
    peer = before;
  }
  return peer;
}

function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

function family(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", prefix] = network.split("/");
    if (isIP(address) === 0) throw new TypeError(`${network} is neither an address nor a network.`);
    list.addSubnet(address, prefix === undefined ? (isIP(address) === 6 ? 128 : 32) : Number(prefix), family(address));
  }
  return list;
}
