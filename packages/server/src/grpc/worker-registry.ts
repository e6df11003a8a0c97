const GONE_AFTER_MS = 10_000;

/** Which model workers are alive, by their heartbeats. */
export class WorkerRegistry {
  readonly #workers = new Map<string, { ready: boolean; seenAt: number }>();

  heartbeat(workerId: string, ready: boolean): void {
    this.#workers.set(workerId, { ready, seenAt: Date.now() });
  }

  /** How many workers can answer matches. */
  readyCount(): number {
    const oldest = Date.now() - GONE_AFTER_MS;
    let count = 0;
    for (const [id, worker] of this.#workers) {
      if (worker.seenAt < oldest) this.#workers.delete(id);
      else if (worker.ready) count++;
    }
    return count;
  }
}
