import { gzipSync } from "node:zlib";
import { call, envelope, tally, WIRES } from "./wire.mjs";

const MATCH = "/cinedeepmatch.v1.MatchService/Match";
const MATCH_ROUTE = "/v1/movies:match";
const COMPRESSED = 1;

/** Zeros, compressed: 0.3 MB that become 300 MB. Making it takes a second, which is no part of an attack. */
export function makeBomb({ megabytes }) {
  return gzipSync(Buffer.alloc(megabytes * 1_000_000));
}

/** Sends a bomb on every wire of both ports. */
export async function sendBombs(server, { bomb, copies }) {
  const outcomes = {};
  for (const port of ["grpc", "gateway"]) {
    for (const [name, { type, encoding, enveloped }] of Object.entries(WIRES)) {
      if (port === "gateway" && name === "grpc") continue;
      const headers = { "content-type": type, [encoding]: "gzip", authorization: `Bearer ${server.token}` };
      const body = enveloped ? envelope(bomb, COMPRESSED) : bomb;
      const calls = Array.from({ length: copies }, () => call(server, port, MATCH, headers, body));
      outcomes[`${port}: ${name}`] = tally(await Promise.all(calls));
    }
  }
  const headers = {
    "content-type": "application/json",
    "content-encoding": "gzip",
    authorization: `Bearer ${server.token}`,
  };
  const calls = Array.from({ length: copies }, () => call(server, "gateway", MATCH_ROUTE, headers, bomb));
  outcomes["gateway: REST"] = tally(await Promise.all(calls));
  return { bombBytes: bomb.length, outcomes };
}

/** Sends bodies that are simply long. */
export async function sendLongBodies(server, { megabytes, copies }) {
  const body = Buffer.alloc(megabytes * 1_000_000, "x");
  const outcomes = {};
  for (const port of ["grpc", "gateway"]) {
    for (const token of [server.token, "none"]) {
      const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
      const calls = Array.from({ length: copies }, () => call(server, port, MATCH, headers, body));
      outcomes[`${port}: ${token === "none" ? "no token" : "token"}`] = tally(await Promise.all(calls));
    }
  }
  return { outcomes };
}
