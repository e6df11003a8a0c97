import { setTimeout as sleep } from "node:timers/promises";
import { clockStep } from "./clock-step.js";
import type { EmbeddedDeployment } from "./deployment.js";
import { fill } from "./full-disk.js";
import type { Scenario } from "./scenario.js";

/** A process that starts has 36,000 movies to load at most; here it has a few. */
const RESTART_MS = 30_000;

/** What can happen to a server that is one process. */
export const embeddedScenarios: readonly Scenario<EmbeddedDeployment>[] = [
  {
    name: "kill -9, three times",
    recoveryMs: RESTART_MS,
    async inject({ all }, { random, healed }) {
      for (let time = 0; time < 3; time++) {
        await all.kill();
        if (time === 2) healed();
        await all.start();
        if (time < 2) await sleep(random.between(200, 2_500));
      }
    },
  },
  {
    name: "SIGTERM and start",
    recoveryMs: RESTART_MS,
    async inject({ all }, { healed }) {
      await all.stop();
      healed();
      await all.start();
    },
  },
  {
    name: "disk full",
    recoveryMs: RESTART_MS,
    unavailable: process.getuid?.() === 0 ? undefined : "mounting a small file system takes root",
    async inject({ all, dataDirectory }, { healed }) {
      const empty = await fill(dataDirectory);
      await sleep(5_000);
      await empty();
      healed();
      await all.startIfGone();
    },
  },
  clockStep("clock set 1 hour ahead, and back", { pick: ({ all }) => all, seconds: 3_600 }),
  clockStep("clock set 1 hour back, and ahead again", { pick: ({ all }) => all, seconds: -3_600 }),
  {
    name: "SIGSTOP past the lock",
    recoveryMs: 15_000,
    async inject({ all }, { random, healed }) {
      all.signal("SIGSTOP");
      await sleep(random.between(7_000, 9_000));
      healed();
      all.signal("SIGCONT");
    },
  },
];
