/** How traces are made. */
export interface TracingConfig {
  /** OTEL_SERVICE_NAME; `cinedeepmatch-` and the role unless set. */
  readonly serviceName: string | undefined;
  /** OTEL_TRACES_SAMPLER, `parentbased_always_on` unless set. */
  readonly sampler: string | undefined;
  /** OTEL_TRACES_SAMPLER_ARG, 1 unless set. */
  readonly samplerArgument: string | undefined;
}

/**
 * Reads the standard variables of OpenTelemetry. There are traces when OTEL_EXPORTER_OTLP_ENDPOINT or
 * OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is set, unless OTEL_SDK_DISABLED is `true`; the exporter reads the other variables
 * that begin with OTEL_EXPORTER_OTLP_ itself.
 */
export function readTracing(env: NodeJS.ProcessEnv): TracingConfig | undefined {
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!endpoint || env.OTEL_SDK_DISABLED === "true") return undefined;
  return {
    serviceName: env.OTEL_SERVICE_NAME || undefined,
    sampler: env.OTEL_TRACES_SAMPLER || undefined,
    samplerArgument: env.OTEL_TRACES_SAMPLER_ARG || undefined,
  };
}
