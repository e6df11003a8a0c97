import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Context,
  isSpanContextValid,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { SpanOptions, TracedSpan, Tracing } from "../matching/tracing.js";
import { samplerOf } from "./trace-sampler.js";

/** How traces are made. */
export interface TracingOptions {
  readonly serviceName: string;
  /** OTEL_TRACES_SAMPLER and its argument, as OpenTelemetry's specification has them. */
  readonly sampler: string | undefined;
  readonly samplerArgument: string | undefined;
}

/** Traces that are sent to a collector. */
export interface OpenTracing extends Tracing {
  /** What a log line has that is written now. */
  logFields(): { trace_id: string; span_id: string } | Record<string, never>;
  /** Sends what has not been sent yet. */
  close(): Promise<void>;
}

const KINDS = { server: SpanKind.SERVER, producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER } as const;
const NAME = "cinedeepmatch";
const FLUSH_MS = 5_000;

/** Begins to trace. Where to, the exporter reads from OTEL_EXPORTER_OTLP_*. */
export function openTracing(options: TracingOptions): OpenTracing {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": options.serviceName }),
    sampler: samplerOf(options.sampler, options.samplerArgument),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  });
  const around = new AsyncLocalStorage<Context>();
  const tracer = provider.getTracer(NAME);
  const current = () => trace.getSpanContext(around.getStore() ?? ROOT_CONTEXT);
  return {
    start: (span) => tracedSpan(startSpan(tracer, span, around.getStore())),
    async run(options, work) {
      const span = startSpan(tracer, options, around.getStore());
      const traced = tracedSpan(span);
      try {
        const result = await around.run(trace.setSpan(ROOT_CONTEXT, span), () => work(traced));
        traced.end();
        return result;
      } catch (error) {
        traced.end(error);
        throw error;
      }
    },
    current() {
      const context = current();
      return context && traceparentOf(context);
    },
    logFields() {
      const context = current();
      return context === undefined ? {} : { trace_id: context.traceId, span_id: context.spanId };
    },
    async close() {
      // A collector that is away holds nobody up.
      const late = new Promise<void>((resolve) => setTimeout(resolve, FLUSH_MS).unref());
      await Promise.race([provider.shutdown().catch(() => {}), late]);
    },
  };
}

function startSpan(tracer: Tracer, options: SpanOptions, around: Context | undefined): Span {
  const { name, kind, parent, links = [], attributes = {} } = options;
  const linked = links.flatMap((link): Link[] => {
    const context = parseTraceparent(link);
    return context === undefined ? [] : [{ context }];
  });
  const remote = typeof parent === "string" ? parseTraceparent(parent) : undefined;
  const above = remote === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote);
  const context = parent === undefined ? (around ?? ROOT_CONTEXT) : above;
  return tracer.startSpan(name, { kind: KINDS[kind], links: linked, attributes }, context);
}

function tracedSpan(span: Span): TracedSpan {
  const context = span.spanContext();
  return {
    traceparent: traceparentOf(context),
    traceId: context.traceId,
    set: (attributes) => void span.setAttributes(attributes),
    end(error) {
      // Without its message, which may say what somebody asked for.
      if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: nameOf(error) });
      span.end();
    },
  };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "Error";
}

function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${(traceFlags & 0xff).toString(16).padStart(2, "0")}`;
}

/** What callers send may be anything. */
function parseTraceparent(text: string): SpanContext | undefined {
  const [, traceId = "", spanId = "", flags = ""] =
    /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/.exec(text) ?? [];
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
  return isSpanContextValid(context) && !text.startsWith("ff") ? context : undefined;
}
