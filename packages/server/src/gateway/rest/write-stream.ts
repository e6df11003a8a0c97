import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Message, Registry } from "@bufbuild/protobuf";
import type { StreamResponse } from "@connectrpc/connect";
import type { FastifyReply, FastifyRequest } from "fastify";
import { callFailure } from "./call-upstream.js";
import { limitHeaders } from "./passed-headers.js";
import { responseJson } from "./response-json.js";
import type { Route } from "./route.js";
import { logFailure } from "./send-error.js";
import { statusJson } from "./status-json.js";
import { type StreamFormat, streamFormatOf } from "./stream-format.js";

// A stream that fails at once, for want of a token for example, still gets its HTTP status; a quiet one gets its
// headers soon.
const firstMessageMs = 500;
const keepAliveMs = 15_000;

/**
 * Writes a stream of messages into one answer. Fails as long as nothing was written; afterwards a failure is the last
 * thing in the stream.
 */
export async function writeStream(
  route: Route,
  opening: Promise<StreamResponse>,
  request: FastifyRequest,
  reply: FastifyReply,
  { registry, signal }: { registry: Registry; signal: AbortSignal },
): Promise<void> {
  const format = streamFormatOf(request.headers.accept);
  const headers = new Headers();
  const messages = messagesOf(opening, headers);
  const first = messages.next();
  // Whoever reads on hears of it; until then it must not end the process.
  first.catch(() => {});
  try {
    await Promise.race([first, sleep(firstMessageMs, undefined, { ref: false })]);
  } catch (error) {
    throw callFailure(error, signal);
  }
  sendHeaders(reply, format, headers);
  const frames = framesOf(first, messages, format, {
    write: (message) => responseJson(route, message, registry),
    fail(error) {
      const failure = callFailure(error, signal);
      logFailure(failure, error, request);
      return statusJson(failure, registry);
    },
  });
  await send(frames, reply, format);
}

async function* messagesOf(opening: Promise<StreamResponse>, headers: Headers): AsyncGenerator<Message> {
  const response = await opening;
  for (const [name, value] of response.header) headers.set(name, value);
  yield* response.message;
}

interface Writers {
  write(message: Message): ReturnType<typeof responseJson>;
  fail(error: unknown): ReturnType<typeof statusJson>;
}

async function* framesOf(
  first: Promise<IteratorResult<Message>>,
  messages: AsyncIterator<Message>,
  format: StreamFormat,
  { write, fail }: Writers,
): AsyncGenerator<string> {
  try {
    for (let step = await first; !step.done; step = await messages.next()) yield format.message(write(step.value));
    yield format.end;
  } catch (error) {
    yield format.failure(fail(error));
  }
}

function sendHeaders(reply: FastifyReply, { contentType }: StreamFormat, headers: Headers): void {
  // Fastify holds headers back until the first byte of a body; a quiet stream's caller waits for them.
  reply.hijack();
  const all = {
    ...reply.getHeaders(),
    ...limitHeaders(headers),
    "content-type": contentType,
    "cache-control": "no-store",
    // nginx would hold messages back to fill its buffers.
    "x-accel-buffering": "no",
  };
  for (const [name, value] of Object.entries(all)) if (value !== undefined) reply.raw.setHeader(name, value);
  reply.raw.statusCode = 200;
  reply.raw.flushHeaders();
}

async function send(frames: AsyncGenerator<string>, { raw }: FastifyReply, { keepAlive }: StreamFormat): Promise<void> {
  const timer = keepAlive === "" ? undefined : setInterval(() => raw.write(keepAlive), keepAliveMs);
  try {
    await pipeline(Readable.from(frames), raw);
  } catch {
    // The caller is gone, or the process is closing: nobody is left to tell.
  } finally {
    clearInterval(timer);
  }
}
