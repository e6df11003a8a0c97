import { afterAll, beforeAll, expect, test } from "vitest";
import { type SpawnedServer, startServer } from "./spawn-server.ts";

const CALLERS = 300;
const QUEUE_FULL = /^cinedeepmatch_(?:gateway_refused_total|queue_requests_total)\{.*\} (\d+)$/gm;

let server: SpawnedServer;
beforeAll(async () => {
  const off = ["ADDRESS", "SERVICE", "GATEWAY"].map((name) => [`RATE_LIMIT_${name}`, "off"]);
  server = await startServer({ env: Object.fromEntries(off) });
});
afterAll(() => server.stop());

function match(index: number): Promise<Response> {
  return fetch(`${server.gatewayUrl}/cinedeepmatch.v1.MatchService/Match`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${server.token}`,
      "content-type": "application/json",
      "connect-timeout-ms": "60000",
    },
    body: JSON.stringify({ text: `nobody has asked for this before: ${index}` }),
  });
}

test("of more callers than there is room for each is answered or told when to come back, and the refused are counted", async () => {
  const answers = await Promise.all(Array.from({ length: CALLERS }, (_, index) => match(index)));
  const refused = answers.filter(({ status }) => status === 429);
  expect(answers.filter(({ status }) => status === 200).length).toBe(CALLERS - refused.length);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThan(CALLERS);
  for (const { headers } of refused) expect(Number(headers.get("retry-after-ms"))).toBeGreaterThan(0);
  const counted = async () => {
    const metrics = await (await fetch(`${server.opsUrl}/metrics`)).text();
    const counts = [...metrics.matchAll(QUEUE_FULL)].filter(([line]) => /gateway_refused|"queue_full"/.test(line));
    return counts.reduce((sum, [, count]) => sum + Number(count), 0);
  };
  // The gateway tells of them from its own thread.
  await expect.poll(counted).toBe(refused.length);
});
