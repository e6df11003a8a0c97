import { type Logger, pino } from "pino";
import type { OpenTracing } from "../telemetry/open-tracing.js";
import type { Config } from "./config.js";

/** The log of a role: one JSON object a line, on standard error. */
export function openLog({ logLevel }: Config, role: string, tracing: OpenTracing | undefined): Logger {
  return pino(
    {
      level: logLevel,
      base: { role },
      serializers: { err: errorFields },
      ...(tracing && { mixin: () => tracing.logFields() }),
    },
    pino.destination({ fd: 2, sync: true }),
  );
}

/** What an error says of itself, without the messages for callers that it carries, whose types are larger than they are. */
function errorFields(error: Error): object {
  const { details: _details, metadata: _metadata, ...fields } = pino.stdSerializers.err(error);
  return fields;
}
