import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { clockLibrary, readingClock, setClock } from "./clock.js";
import type { Deployment } from "./deployment.js";
import type { Role } from "./role.js";
import type { Scenario } from "./scenario.js";

const RECOVERY_MS = 30_000;

/** The clock of one process jumps while it runs, and jumps back. */
export function clockStep<D extends Deployment>(
  name: string,
  { pick, seconds }: { pick: (deployment: D) => Role; seconds: number },
): Scenario<D> {
  return {
    name,
    recoveryMs: RECOVERY_MS,
    unavailable: clockLibrary() === undefined ? "needs Debian's faketime" : undefined,
    async inject(deployment, { healed }) {
      const role = pick(deployment);
      const folder = await mkdtemp(join(tmpdir(), "cinedeepmatch-clock-"));
      const file = join(folder, "clock");
      // The process reads it until it is started again.
      process.on("exit", () => rmSync(folder, { recursive: true }));
      await setClock(file, 0);
      await role.stop();
      await role.start(readingClock(file));
      await sleep(2_000);
      await setClock(file, seconds);
      await sleep(6_000);
      await setClock(file, 0);
      await sleep(2_000);
      healed();
    },
  };
}
