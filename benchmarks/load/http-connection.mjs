import { connect } from "node:net";

/**
 * One connection over which one request at a time is made, as plainly as can be: Node's own client takes several times
 * as long for each, which on a small machine is taken from the server that is measured. It reads no more of HTTP/1.1 than
 * the gateway's answers have.
 */
export class HttpConnection {
  #socket;
  #answer = Promise.withResolvers();
  #read = "";

  constructor({ hostname, port }) {
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.setEncoding("latin1");
    this.#socket.on("data", (text) => this.#take(text));
    this.#socket.on("error", () => {});
    this.#socket.on("close", () => this.#answer.reject(new Error("the connection broke")));
    this.#answer.promise.catch(() => {});
  }

  /** Whether another request can be made over it. */
  get isOpen() {
    return this.#socket.writable;
  }

  /** Resolves with the status, the head as it came and the body; rejects when the connection breaks. */
  request(text) {
    this.#read = "";
    this.#answer = Promise.withResolvers();
    this.#socket.write(text);
    return this.#answer.promise;
  }

  close() {
    this.#socket.destroy();
  }

  #take(text) {
    this.#read += text;
    const end = this.#read.indexOf("\r\n\r\n");
    if (end < 0) return;
    const head = this.#read.slice(0, end).toLowerCase();
    const body = this.#read.slice(end + 4);
    const length = /\r\ncontent-length: (\d+)/.exec(head)?.[1];
    const isWhole = length === undefined ? body.endsWith("0\r\n\r\n") : body.length >= Number(length);
    if (isWhole) this.#answer.resolve({ status: Number(head.slice(9, 12)), head, body });
  }
}
