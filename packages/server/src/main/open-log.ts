import { type Logger, pino } from "pino";
import type { OpenTracing } from "../telemetry/open-tracing.js";
import type { Config } from "./config.js";

/** The log of a role: one JSON object a line, on standard error. */
export function openLog({ logLevel }: Config, role: string, tracing: OpenTracing | undefined): Logger {
  return pino(
    { level: logLevel, base: { role }, ...(tracing && { mixin: () => tracing.logFields() }) },
    pino.destination({ fd: 2, sync: true }),
  );
}
