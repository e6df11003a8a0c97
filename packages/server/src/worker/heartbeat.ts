import type { MessageInitShape } from "@bufbuild/protobuf";
import type { HeartbeatRequestSchema, HeartbeatResponse, WorkerService } from "@cinedeepmatch/contract/worker";
import { type Client, Code, ConnectError } from "@connectrpc/connect";

/** What a {@link Heartbeat} is made of. */
export interface HeartbeatOptions {
  readonly client: Client<typeof WorkerService>;
  readonly state: () => MessageInitShape<typeof HeartbeatRequestSchema>;
  /** Called after each beat that the server accepts, with how long it took, in milliseconds. */
  readonly accepted: (response: HeartbeatResponse, tookMs: number) => void;
  /** Called after each beat that the server refuses, because it does not accept the worker's token any more. */
  readonly refused: () => void;
}

const INTERVAL_MS = 3_000;

/**
 * Tells the server every few seconds that this worker is alive, and hears whether it still may work: with the time that
 * a revocation takes to become known (2 s), a worker learns of one within 5 to 8 s.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #timer: NodeJS.Timeout;

  /** Begins at once. */
  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.beat(), INTERVAL_MS);
    void this.beat();
  }

  /** Never rejects. A server that is away learns of this worker from a later beat. */
  async beat(): Promise<void> {
    const { client, state, accepted, refused } = this.#options;
    const sentAt = performance.now();
    try {
      const response = await client.heartbeat(state(), { timeoutMs: INTERVAL_MS });
      accepted(response, performance.now() - sentAt);
    } catch (error) {
      const { code } = ConnectError.from(error);
      if (code === Code.Unauthenticated || code === Code.PermissionDenied) refused();
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
