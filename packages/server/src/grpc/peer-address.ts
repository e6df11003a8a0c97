import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import { BlockList, isIP } from "node:net";
import { type ContextValues, createContextKey, createContextValues } from "@connectrpc/connect";

/** The address that a call comes from, behind the gateway too; empty when it is unknown. IPv4 is never written as IPv6. */
export const PEER_ADDRESS = createContextKey("", { description: "peer address" });

type Request = IncomingMessage | Http2ServerRequest;

/**
 * Makes the function that connectNodeAdapter asks for a call's context values. `x-forwarded-for` is believed only from
 * this machine and from these proxies, because anyone can send it.
 *
 * @param trustedProxies addresses or networks (`10.0.0.0/8`) of gateways that run on other machines
 */
export function createPeerAddress(trustedProxies: readonly string[]): (request: Request) => ContextValues {
  const trusted = blockListOf(["127.0.0.0/8", "::1/128", ...trustedProxies]);
  return ({ socket, headers }) => {
    const forwarded = String(headers["x-forwarded-for"] ?? "").split(",");
    return createContextValues().set(PEER_ADDRESS, peerOf(socket?.remoteAddress ?? "", forwarded, trusted));
  };
}

/** The network that an address's owner holds: the address itself or, with IPv6, its /64. Limits count these. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = address.split("%", 1).join().split("::", 2);
  const first = head === "" ? [] : head.split(":");
  const last = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - first.length - last.length)).fill("0");
  return `${[...first, ...zeros, ...last].slice(0, 4).join(":")}::/64`;
}

/** Each trusted hop names the one before it at the end of the list; the first that is not trusted is the caller. */
function peerOf(socketAddress: string, forwarded: string[], trusted: BlockList): string {
  let peer = plain(socketAddress);
  for (const hop of forwarded.reverse()) {
    const before = plain(hop.trim());
    if (isIP(before) === 0 || !trusted.check(peer, family(peer))) break;
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
