import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { clockStep } from "./clock-step.js";
import type { ServersDeployment } from "./deployment.js";
import type { OwnServer } from "./own-server.js";
import type { Role } from "./role.js";
import type { Moment, Scenario } from "./scenario.js";

const ROLE_MS = 30_000;
const SERVER_MS = 10_000;

/** What can happen to roles in processes of their own, and to the servers under them. */
export const serversScenarios: readonly Scenario<ServersDeployment>[] = [
  killRole("gateway", ({ gateway }) => gateway),
  killRole("gRPC server", ({ grpc }) => grpc),
  {
    name: "kill -9 of one worker of two",
    recoveryMs: 15_000,
    inFlightMs: 15_000,
    async inject({ workers }, moment) {
      const worker = workers[moment.random.next() < 0.5 ? 0 : 1];
      // So that it dies in the middle of it.
      await stopAtWork(worker, moment);
      moment.healed();
      await worker.kill();
      // The other has to do all for longer than a lock lasts.
      await sleep(15_000);
      await worker.start();
    },
  },
  {
    name: "SIGSTOP of a worker past its lock",
    recoveryMs: 15_000,
    inFlightMs: 15_000,
    async inject({ workers }, moment) {
      const worker = workers[moment.random.next() < 0.5 ? 0 : 1];
      await stopAtWork(worker, moment);
      moment.healed();
      await sleep(moment.random.between(12_000, 14_000));
      worker.signal("SIGCONT");
    },
  },
  {
    name: "SIGSTOP of the gRPC server",
    recoveryMs: 15_000,
    async inject({ grpc }, { random, healed }) {
      grpc.signal("SIGSTOP");
      await sleep(random.between(6_000, 8_000));
      healed();
      grpc.signal("SIGCONT");
    },
  },
  clockStep("clock of the gRPC server set 1 hour ahead, and back", { pick: ({ grpc }) => grpc, seconds: 3_600 }),
  clockStep("clock of a worker set 1 hour back, and ahead again", {
    pick: ({ workers }) => workers[0],
    seconds: -3_600,
  }),
  killServer("Redis (append-only file)", ({ redis }) => redis),
  killServer("PostgreSQL", ({ postgres }) => postgres),
  killServer("MongoDB", ({ mongo }) => mongo),
  {
    name: "PostgreSQL restarted in order",
    recoveryMs: SERVER_MS,
    async inject({ postgres }, { healed }) {
      await postgres.stop("SIGINT");
      await sleep(500);
      await postgres.start();
      healed();
    },
  },
  {
    name: "Redis paused (SIGSTOP)",
    recoveryMs: SERVER_MS,
    async inject({ redis }, { random, healed }) {
      redis.signal("SIGSTOP");
      await sleep(random.between(6_000, 9_000));
      redis.signal("SIGCONT");
      healed();
    },
  },
  {
    name: "Redis full",
    recoveryMs: SERVER_MS,
    async inject({ redis }, { healed }) {
      tellRedis(redis, "config", "set", "maxmemory", "1mb");
      await sleep(5_000);
      tellRedis(redis, "config", "set", "maxmemory", "0");
      healed();
    },
  },
  {
    name: "Redis wiped (FLUSHALL)",
    recoveryMs: SERVER_MS,
    async inject({ redis }, { healed }) {
      healed();
      tellRedis(redis, "flushall");
    },
  },
  {
    name: "MongoDB slow (0.4 s each way)",
    recoveryMs: SERVER_MS,
    async inject({ mongoProxy }, { healed }) {
      mongoProxy.slow(400);
      await sleep(6_000);
      mongoProxy.heal();
      healed();
    },
  },
  {
    name: "MongoDB cut off",
    recoveryMs: SERVER_MS,
    async inject({ mongoProxy }, { healed }) {
      mongoProxy.cut();
      await sleep(5_000);
      mongoProxy.heal();
      healed();
    },
  },
];

/** Stops a worker that has a match in its hands, which nobody else can answer then: tries until it has. */
async function stopAtWork(worker: Role, { random, longestWaitMs }: Moment): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    await sleep(random.between(20, 200));
    worker.signal("SIGSTOP");
    await sleep(1_500);
    if (longestWaitMs() > 1_400) return;
    worker.signal("SIGCONT");
  }
  throw new Error(`${worker.name} never has a match when it is stopped`);
}

/** Somebody starts it again at once, as whatever runs services does. */
function killRole(name: string, pick: (deployment: ServersDeployment) => Role): Scenario<ServersDeployment> {
  return {
    name: `kill -9 of the ${name}`,
    recoveryMs: ROLE_MS,
    async inject(deployment, { healed }) {
      const role = pick(deployment);
      await role.kill();
      healed();
      await role.start();
    },
  };
}

function killServer(name: string, pick: (deployment: ServersDeployment) => OwnServer): Scenario<ServersDeployment> {
  return {
    name: `kill -9 of ${name}`,
    recoveryMs: SERVER_MS,
    async inject(deployment, { random, healed }) {
      const server = pick(deployment);
      await server.kill();
      await sleep(random.between(1_500, 3_000));
      await server.start();
      healed();
    },
  };
}

function tellRedis(redis: OwnServer, ...command: string[]): void {
  execFileSync("redis-cli", ["-p", `${redis.port}`, ...command], { stdio: "ignore" });
}
