import type { Logger } from "pino";
import { EncodingPump, type EncodingPumpOptions } from "../matching/encoding-pump.js";
import { Leadership } from "../matching/leadership.js";
import type { Leases } from "../matching/leases.js";
import { type Closable, Teardown } from "./teardown.js";

/** Has movies encoded; of servers that share their stores one does it. */
export function startEncoding(
  options: Omit<EncodingPumpOptions, "log" | "mayRun">,
  leases: Leases | undefined,
  log: Logger,
): Closable {
  const teardown = new Teardown();
  if (leases === undefined) return new EncodingPump({ ...options, log });
  const name = `encoding ${options.modelVersion}`;
  const leadership = teardown.add(new Leadership({ leases, name, log }));
  teardown.add(new EncodingPump({ ...options, log, mayRun: () => leadership.isLeader }));
  return { close: () => teardown.close() };
}
