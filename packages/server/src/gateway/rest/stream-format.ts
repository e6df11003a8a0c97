import type { JsonValue } from "@bufbuild/protobuf";

/** How a stream of messages is written into one answer. */
export interface StreamFormat {
  readonly contentType: string;
  message(json: JsonValue): string;
  /** What ends a stream that failed. */
  failure(status: JsonValue): string;
  /** What ends a stream that did not fail. */
  readonly end: string;
  /** What keeps a quiet stream's connection open. */
  readonly keepAlive: string;
}

/** One JSON message a line. A last line of `{"error": …}` says that the stream failed. */
const lines: StreamFormat = {
  contentType: "application/x-ndjson",
  message: (json) => `${JSON.stringify(json)}\n`,
  failure: (status) => `${JSON.stringify({ error: status })}\n`,
  end: "",
  keepAlive: "",
};

/**
 * Server-sent events: one JSON message an event, then an event `end`, or `failure` with a `google.rpc.Status`. Neither
 * is called `error`, as browsers call their own event for a lost connection so.
 */
const events: StreamFormat = {
  contentType: "text/event-stream",
  message: (json) => `data: ${JSON.stringify(json)}\n\n`,
  failure: (status) => `event: failure\ndata: ${JSON.stringify(status)}\n\n`,
  end: "event: end\ndata: {}\n\n",
  keepAlive: ":\n\n",
};

/** The format that a caller accepts: server-sent events where `Accept` names them, else lines. */
export function streamFormatOf(accept: string | undefined): StreamFormat {
  return /(^|,)\s*text\/event-stream\s*(;|,|$)/i.test(accept ?? "") ? events : lines;
}
