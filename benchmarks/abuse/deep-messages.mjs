import { call, envelope, tally, WIRES } from "./wire.mjs";

const CREATE = "/cinedeepmatch.v1.CatalogService/CreateMovie";

/** Sends messages that are nested deep, as JSON and as protobuf, on every wire of both ports. */
export async function sendDeepMessages(server, { levels, copies }) {
  const json = Buffer.from(`{"movie":{"title":"x","features":{"a":${"[".repeat(levels)}${"]".repeat(levels)}}}}`);
  const proto = deepMovie(levels);
  const outcomes = {};
  for (const port of ["grpc", "gateway"]) {
    for (const [name, { type, enveloped }] of Object.entries(WIRES)) {
      if (port === "gateway" && name === "grpc") continue;
      const message = type.endsWith("json") ? json : proto;
      const headers = { "content-type": type, authorization: `Bearer ${server.token}` };
      const body = enveloped ? envelope(message) : message;
      const calls = Array.from({ length: copies }, () => call(server, port, CREATE, headers, body));
      outcomes[`${port}: ${name}`] = tally(await Promise.all(calls));
    }
  }
  const headers = { "content-type": "application/json", authorization: `Bearer ${server.token}` };
  const movie = json.subarray('{"movie":'.length, -1);
  const calls = Array.from({ length: copies }, () => call(server, "gateway", "/v1/movies", headers, movie));
  outcomes["gateway: REST"] = tally(await Promise.all(calls));
  return { outcomes };
}

/** CreateMovieRequest { movie { title, features: google.protobuf.Struct { "a": list of list of … } } }. */
function deepMovie(levels) {
  // Written from the inside, each level before the last: Value { list_value = 6 } holds ListValue { values = 1 }.
  const reversed = [1, 0x10];
  for (let level = 0; level < levels; level++) wrap(reversed, level % 2 === 0 ? 1 : 6);
  wrap(reversed, 2);
  reversed.push(...[0x0a, 1, "a".charCodeAt(0)].reverse());
  for (const number of [1, 15]) wrap(reversed, number);
  reversed.push(...[0x12, 1, "x".charCodeAt(0)].reverse());
  wrap(reversed, 1);
  return Buffer.from(reversed.reverse());
}

/** Makes what is there the content of a field. */
function wrap(reversed, number) {
  const head = [(number << 3) | 2];
  let length = reversed.length;
  for (; length > 0x7f; length >>= 7) head.push((length & 0x7f) | 0x80);
  head.push(length);
  reversed.push(...head.reverse());
}
