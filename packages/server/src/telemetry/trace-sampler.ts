import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace";

const PARENT_BASED = "parentbased_";

/** The sampler that OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG name, as OpenTelemetry's specification has them. */
export function samplerOf(name = "parentbased_always_on", argument = "1"): Sampler {
  if (name.startsWith(PARENT_BASED)) {
    return new ParentBasedSampler({ root: samplerOf(name.slice(PARENT_BASED.length), argument) });
  }
  switch (name) {
    case "always_on":
      return new AlwaysOnSampler();
    case "always_off":
      return new AlwaysOffSampler();
    case "traceidratio": {
      const ratio = Number(argument);
      if (ratio >= 0 && ratio <= 1) return new TraceIdRatioBasedSampler(ratio);
      throw new Error(`OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1, not "${argument}".`);
    }
    default:
      throw new Error(`OTEL_TRACES_SAMPLER does not know "${name}".`);
  }
}
