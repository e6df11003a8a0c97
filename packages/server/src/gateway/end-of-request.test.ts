import { pino } from "pino";
import { expect, test, vi } from "vitest";
import { startGateway } from "./start-gateway.test.support.js";
import { startUpstream } from "./start-upstream.test.support.js";

test("requests are logged once each: those that were answered, and those whose callers went away", async () => {
  const lines: string[] = [];
  const logger = pino({ base: null }, { write: (line: string) => void lines.push(line) });
  await using upstream = await startUpstream();
  await using gateway = await startGateway({ upstream: upstream.url, logger });
  const gone = new AbortController();
  const match = (text: string, signal: AbortSignal | null = null) =>
    fetch(`${gateway.url}/cinedeepmatch.v1.MatchService/Match`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-request-id": text },
      body: JSON.stringify({ text }),
      signal,
    });
  expect((await match("answered")).status).toBe(200);
  const given = match("wait", gone.signal);
  await vi.waitFor(() => expect(upstream.waiting.now).toBe(1));
  gone.abort();
  await expect(given).rejects.toThrow();
  const logged = () =>
    lines
      .map((line) => JSON.parse(line))
      .filter(({ msg }) => msg === "request")
      .map(({ requestId, status }) => ({ requestId, status }));
  await vi.waitFor(() => expect(logged()).toHaveLength(2));
  expect(logged()).toEqual([
    { requestId: "answered", status: 200 },
    { requestId: "wait", status: 499 },
  ]);
});
