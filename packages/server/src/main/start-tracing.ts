import type { OpenTracing } from "../telemetry/open-tracing.js";
import type { Config } from "./config.js";

/** Begins to trace where a collector is configured; else nothing of it is even loaded. */
export async function startTracing({ tracing }: Config, role: string): Promise<OpenTracing | undefined> {
  if (tracing === undefined) return undefined;
  const { openTracing } = await import("../telemetry/open-tracing.js");
  return openTracing({ ...tracing, serviceName: tracing.serviceName ?? `cinedeepmatch-${role}` });
}
