import { Gauge, type Registry } from "prom-client";
import type { LaneLoad } from "../matching/measurements.js";

/** Where the state of a server is read, when somebody asks for its metrics. */
export interface ServerState {
  readonly readyWorkers: () => number;
  /** May reject, and may take its time: the metrics do without it then. */
  readonly laneLoads: () => Promise<readonly LaneLoad[]>;
}

/** Shows the state of a gRPC server in a registry. */
export function addServerMetrics(registry: Registry, { readyWorkers, laneLoads }: ServerState): void {
  new Gauge({
    name: "cinedeepmatch_workers_ready",
    help: "Model workers that take matches.",
    registers: [registry],
    collect() {
      this.set(readyWorkers());
    },
  });
  addLaneMetrics(
    registry,
    sharing(() => inTime(laneLoads())),
  );
}

type ReadLoads = () => Promise<readonly LaneLoad[] | undefined>;

function addLaneMetrics(registry: Registry, read: ReadLoads): void {
  const gauge = <Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
    show: (gauge: Gauge<Label>, loads: readonly LaneLoad[] | undefined) => void,
  ) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        const loads = await read();
        // What was true before an outage is not what is true now.
        this.reset();
        show(this, loads);
      },
    });
  gauge(
    "cinedeepmatch_queue_batches",
    "Batches on the queue, of all servers: waiting, active, or failed and kept to be looked at.",
    ["lane", "state"],
    (batches, loads = []) => {
      for (const { lane, waiting, active, failed } of loads) {
        for (const [state, count] of Object.entries({ waiting, active, failed })) batches.set({ lane, state }, count);
      }
    },
  );
  gauge(
    "cinedeepmatch_queue_oldest_age_seconds",
    "How long the oldest waiting batch of a lane has waited; 0 when none waits.",
    ["lane"],
    (age, loads = []) => {
      for (const { lane, oldestWaitingMs } of loads) age.set({ lane }, oldestWaitingMs / 1_000);
    },
  );
  gauge(
    "cinedeepmatch_queue_up",
    "1 while the queue can be asked how full it is. While it is 0, the metrics of the lanes are absent.",
    [],
    (up, loads) => up.set(loads === undefined ? 0 : 1),
  );
}

/** One read for all who ask at the same time. */
function sharing<T>(read: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= read().finally(() => {
      running = undefined;
    });
    return running;
  };
}

const TIMEOUT_MS = 1_000;

async function inTime<T>(promise: Promise<T>): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), TIMEOUT_MS);
  try {
    return await Promise.race([promise, late.promise]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
