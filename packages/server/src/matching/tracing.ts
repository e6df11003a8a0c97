/** What a span is about. Nothing in it may name a user or hold what somebody typed. */
export interface SpanOptions {
  readonly name: string;
  readonly kind: "server" | "producer" | "consumer";
  /** The W3C `traceparent` of what it is part of; what runs around it unless given, `null` for nothing. */
  readonly parent?: string | null | undefined;
  /** The `traceparent`s of what it has to do with. */
  readonly links?: readonly string[];
  readonly attributes?: SpanAttributes;
}

/** What is known of a span. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A span that has begun. */
export interface TracedSpan {
  /** What others name it by; see W3C Trace Context. */
  readonly traceparent: string;
  readonly traceId: string;
  set(attributes: SpanAttributes): void;
  /** @param error why it failed; undefined when it did not */
  end(error?: unknown): void;
}

/** Records what belongs to one request, across processes. Where nothing is traced there is none. */
export interface Tracing {
  start(options: SpanOptions): TracedSpan;
  /** Runs some work in a span: whatever is begun within is part of it. */
  run<T>(options: SpanOptions, work: (span: TracedSpan) => Promise<T>): Promise<T>;
  /** The `traceparent` of what runs now. */
  current(): string | undefined;
}
