import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Stands between a store and its server and does what networks and servers do. */
export class FaultyProxy {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => this.#join(socket));
  #state: "passing" | "frozen" | "down" = "passing";
  #delayMs = 0;

  private constructor(target: URL) {
    this.#target = { host: target.hostname, port: Number(target.port) };
  }

  /** Opens a proxy to a server and returns it with the server's URL through it. */
  static async open(server: string): Promise<{ proxy: FaultyProxy; url: string }> {
    const url = new URL(server);
    const proxy = new FaultyProxy(url);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    url.hostname = "127.0.0.1";
    url.port = String((proxy.#server.address() as AddressInfo).port);
    return { proxy, url: url.href };
  }

  /** Connections stay open and new ones are accepted, and nothing gets through. */
  freeze(): void {
    this.#state = "frozen";
    for (const socket of this.#sockets) socket.pause();
  }

  /** Connections break, and new ones break at once. */
  cut(): void {
    this.#state = "down";
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Everything takes so much longer, each way. */
  slow(ms: number): void {
    this.#delayMs = ms;
  }

  /** All is well again; what was held back gets through. */
  heal(): void {
    this.#state = "passing";
    this.#delayMs = 0;
    for (const socket of this.#sockets) socket.resume();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(incoming: Socket): void {
    if (this.#state === "down") {
      incoming.destroy();
      return;
    }
    const outgoing = connect(this.#target);
    for (const [from, to] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      this.#sockets.add(from);
      from.on("data", this.#passOn(to));
      from.on("error", () => {});
      from.on("close", () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      if (this.#state === "frozen") from.pause();
    }
  }

  /** Never lets a chunk overtake an earlier one. */
  #passOn(to: Socket): (chunk: Buffer) => void {
    let passed = Promise.resolve();
    let held = 0;
    return (chunk) => {
      if (this.#delayMs === 0 && held === 0) {
        to.write(chunk);
        return;
      }
      held++;
      const due = new Promise<void>((resolve) => setTimeout(resolve, this.#delayMs));
      passed = Promise.all([passed, due]).then(() => {
        held--;
        to.write(chunk);
      });
    };
  }
}
